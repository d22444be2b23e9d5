package web

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"purser"
)

func (h *Handler) setTask(w http.ResponseWriter, r *http.Request) error {
	hours, err := strconv.Atoi(r.PostFormValue("hours"))
	every := time.Duration(hours) * time.Hour
	if err != nil || !slices.Contains(everyChoices(), every) {
		return purser.Invalid("hours", "choose one of the schedules of the form")
	}
	if err := h.Connect.SetTask(r.Context(), r.PathValue("id"), purser.TaskName(r.PathValue("task")), r.PostFormValue("enabled") != "", every); err != nil {
		return err
	}
	if r.PostFormValue("enabled") != "" {
		if missing, _, err := h.Connect.Missing(r.Context(), r.PathValue("id")); err == nil && len(missing) > 0 {
			return done(w, r, "/permissions", "saved")
		}
	}
	return done(w, r, "", "saved")
}

// sync queues runs: of one task where the form names it, else of all that are enabled.
func (h *Handler) sync(w http.ResponseWriter, r *http.Request) error {
	var tasks []purser.TaskName
	if t := r.PostFormValue("task"); t != "" {
		tasks = append(tasks, purser.TaskName(t))
	}
	if _, err := h.Runs.Start(r.Context(), r.PathValue("id"), purser.TriggerManual, tasks...); err != nil {
		return err
	}
	return done(w, r, "", "sync")
}

func (h *Handler) activate(w http.ResponseWriter, r *http.Request) error {
	if err := h.Connect.Activate(r.Context(), r.PathValue("id")); err != nil {
		return err
	}
	return done(w, r, "", "activated")
}

func (h *Handler) deactivate(w http.ResponseWriter, r *http.Request) error {
	if err := h.Connect.Deactivate(r.Context(), r.PathValue("id")); err != nil {
		return err
	}
	return done(w, r, "", "deactivated")
}

// done leads back to a tab of the instance and says what happened there.
func done(w http.ResponseWriter, r *http.Request, tab, word string) error {
	http.Redirect(w, r, "/instances/"+r.PathValue("id")+tab+"?done="+word, http.StatusSeeOther)
	return nil
}
