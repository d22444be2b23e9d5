package inventory

import "purser"

// InstanceNeed is the one sentence and the one button of an instance that needs
// somebody; ok is false if it needs nobody. Pages, lists and the home page all
// ask here, so that they say the same.
func InstanceNeed(i purser.Instance) (n Need, ok bool) {
	url := "/instances/" + i.ID
	switch i.Status {
	case purser.StatusDraft:
		return Need{Sentence: i.Name + " is not connected yet.", Button: "Set up", URL: url + "/setup", Tone: "unknown"}, true
	case purser.StatusRevoked:
		return Need{Sentence: i.Name + " is revoked: " + orElse(i.Reason, "its credential is no longer accepted") + ". Mend the permission and check again, or authorize anew.",
			Button: "Repair", URL: url + "/credential", Tone: "revoked"}, true
	case purser.StatusInactive, purser.StatusDeleting:
		return Need{}, false
	}
	switch i.Health {
	case purser.HealthUnauthorized:
		return Need{Sentence: i.Name + ": the vendor no longer accepts the credential" + why(i) + ".", Button: "Check the credential", URL: url + "/credential", Tone: "failing"}, true
	case purser.HealthForbidden:
		return Need{Sentence: i.Name + ": the credential is accepted, but a permission is missing" + why(i) + ".", Button: "See which", URL: url, Tone: "failing"}, true
	case purser.HealthFailing:
		return Need{Sentence: i.Name + ": the last sync failed" + why(i) + ".", Button: "See why", URL: url, Tone: "failing"}, true
	}
	return Need{}, false
}

func why(i purser.Instance) string {
	if i.HealthWhy == "" {
		return ""
	}
	return " (" + i.HealthWhy + ")"
}

func orElse(s, other string) string {
	if s != "" {
		return s
	}
	return other
}
