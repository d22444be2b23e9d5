package web

import (
	"errors"
	"net/http"
	"strconv"
	"time"

	"purser"
	"purser/internal/connect"
	"purser/internal/run"
	"purser/internal/web/view"
)

// setTask changes switch, schedule and reach of a task in the task table.
func (h *Handler) setTask(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return purser.Invalid("", "the form could not be read")
	}
	form := view.TaskForm{Task: purser.TaskName(r.PathValue("task")), Given: map[string]string{}}
	for _, name := range []string{"enabled", "every", "unit", "start_hour", "zone", "lookback"} {
		form.Given[name] = r.PostFormValue(name)
	}
	change, err := taskChange(form.Given)
	if err == nil {
		err = h.Connect.SetTask(r.Context(), r.PathValue("id"), form.Task, change)
	}
	if err != nil {
		return h.refuseTask(w, r, form, err)
	}
	if *change.Enabled {
		if missing, _, err := h.Connect.Missing(r.Context(), r.PathValue("id")); err == nil && len(missing) > 0 {
			return done(w, r, "/permissions", "saved")
		}
	}
	return done(w, r, "", "saved")
}

// refuseTask shows the task table once more with what was typed and what is wrong with it.
func (h *Handler) refuseTask(w http.ResponseWriter, r *http.Request, form view.TaskForm, err error) error {
	p, ok := errors.AsType[*purser.Problem](err)
	if !ok || p.Kind != purser.ProblemInvalid && p.Kind != purser.ProblemConflict {
		return err
	}
	form.Errors = fieldErrors(p)
	return h.taskTab(w, r, http.StatusUnprocessableEntity, &form)
}

// taskChange reads the form of a task.
func taskChange(given map[string]string) (c connect.TaskChange, err error) {
	on := given["enabled"] != ""
	c.Enabled = &on
	n, err := strconv.Atoi(given["every"])
	if err != nil || n < 1 || n > 100_000 {
		return c, purser.Invalid("every", "how often is a whole number, such as 24")
	}
	unit := map[string]time.Duration{"minutes": time.Minute, "hours": time.Hour, "days": 24 * time.Hour}[given["unit"]]
	if unit == 0 {
		return c, purser.Invalid("unit", "choose minutes, hours or days")
	}
	every := time.Duration(n) * unit
	c.Every = &every
	hour := -1
	if text := given["start_hour"]; text != "" {
		if hour, err = strconv.Atoi(text); err != nil {
			return c, purser.Invalid("start_hour", "choose an hour of the list")
		}
	}
	zone := given["zone"]
	c.Hour, c.Zone = &hour, &zone
	if text := given["lookback"]; text != "" {
		days, err := strconv.Atoi(text)
		if err != nil || days < 1 || days > 3650 {
			return c, purser.Invalid("lookback", "how far back is a whole number of days")
		}
		back := time.Duration(days) * 24 * time.Hour
		c.Lookback = &back
	}
	return c, nil
}

// sync queues runs: of one task where the form names it, else of all that are enabled.
func (h *Handler) sync(w http.ResponseWriter, r *http.Request) error {
	var tasks []purser.TaskName
	if t := r.PostFormValue("task"); t != "" {
		tasks = append(tasks, purser.TaskName(t))
	}
	what := run.Range{Whole: r.PostFormValue("full") != ""}
	since := r.PostFormValue("since")
	var err error
	if since != "" {
		if what.Since, err = time.Parse(time.DateOnly, since); err != nil {
			err = purser.Invalid("since", "%q is no date", since)
		}
	}
	if err == nil {
		_, err = h.Runs.Sync(r.Context(), r.PathValue("id"), purser.TriggerManual, what, tasks...)
	}
	if err != nil && what.Whole && len(tasks) == 1 {
		return h.refuseTask(w, r, view.TaskForm{Task: tasks[0], Given: map[string]string{"since": since}}, err)
	}
	if err != nil {
		return err
	}
	return done(w, r, "", "sync")
}
