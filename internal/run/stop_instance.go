package run

// StopInstance interrupts the runs of an instance that this process works on,
// and reports whether it still works on any. Runs of a deleting instance end as
// canceled and none starts.
func (r *Runner) StopInstance(instanceNo int64) (working bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, a := range r.active {
		if a.instanceNo == instanceNo {
			a.cancel(errCanceled)
			working = true
		}
	}
	return working
}
