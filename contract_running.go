package purser

// RunningContract is what the present period of a contract says to whoever works
// out savings and deadlines. It has no price. Days are YYYY-MM-DD, "" unknown.
type RunningContract struct {
	ID           string
	Name         string
	Applications []string // app_<number>
	EndsOn       string
	NoticeOn     string // the last day to give notice
	DueOn        string // the notice deadline, or the end where that is not known
	Decided      bool   // somebody has decided what becomes of it
}
