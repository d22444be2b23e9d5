package connectors

import "purser/internal/manifest"

// Proof is the test that backs one cell of the catalog's matrix: a connector and
// one of its tasks or actions.
type Proof struct {
	Cell  string `json:"cell"`            // name of the task or the action
	Shows string `json:"shows"`           // in words: what it reads, or what the next reading has to show
	Run   string `json:"run"`             // runs it in the repository
	Alone string `json:"alone,omitempty"` // runs it with the command alone
}

// Proofs lists the test behind every cell of a connector.
func Proofs(m *manifest.Manifest) []Proof {
	var out []Proof
	for i := range m.Tasks {
		t := &m.Tasks[i]
		p := Proof{Cell: t.Name, Shows: "reads " + t.Reads, Run: inTest("./connectors", "TestEveryTaskLandsInTheDatabaseAndTheSecondSyncFindsNothingToDo", m.Name+"/"+t.Name),
			Alone: "purser connector test " + m.Name}
		switch {
		case m.HandedOver():
			p.Run, p.Alone = inTest("./internal/load", "TestEveryKindOfRecordIsTakenFromAFileAndFromAProgram", m.Name+"/"+t.Name), ""
		case !m.AsksHTTP():
			p.Run, p.Alone = inTest("./internal/source", "TestADirectoryIsReadInPagesWithGroupsWithinGroups", ""), ""
		}
		out = append(out, p)
	}
	for i := range m.Actions {
		a := &m.Actions[i]
		out = append(out, Proof{Cell: a.Name, Shows: a.Proof(), Run: inTest("./connectors", "TestEveryActionOfEveryConnectorIsPlannedSentOnceAndReadBack", m.Name+"/"+a.Name)})
	}
	return out
}

// inTest is the command that runs one test, or one case of it.
func inTest(folder, test, of string) string {
	if of != "" {
		of = "/" + of
	}
	return "go test " + folder + " -run '" + test + of + "'"
}
