package audit

import "purser"

// deeds are what is done under an operation; the first that fits tells it, and
// the last fits every entry.
func deeds(op purser.Operation) []deed {
	switch op {
	case purser.OpRunStart:
		return []deed{{"canceled", "", "Canceled a run"}, {"range", "", "Had everything read again"}, {"trigger", "initial", "Started the first sync"},
			{"tasks", "", "Started a run: {}"}, {"", "", "Started a run"}}
	case purser.OpInstanceWrite:
		return []deed{{"connector", "", "Added the instance"}, {"tenant", "", "Confirmed the connection"}, {"task", "", "Changed the task {}"},
			{"recipients_added", "", "Added who is told"}, {"recipient", "", "Removed who was told"}, {"status", "inactive", "Deactivated it"},
			{"status", "live", "Made it live again"}, {"status", "revoked", "Found it revoked"}, {"name", "", "Renamed it"},
			{"owner", "", "Gave it another owner"}, {"auth", "", "Chose another way to authorize"}, {"", "", "Changed its settings"}}
	case purser.OpCredentialSet:
		return []deed{{"entered", "", "Entered a credential"}, {"test", "works", "Tested the credential: it works"}, {"test", "", "Tested the credential: it does not work"},
			{"authorization", "begun", "Went to the vendor to authorize"}, {"authorization", "granted", "Was authorized by the vendor"},
			{"authorization", "", "Discarded the new credential"}, {"event", "revoked", "Ended a delegate's link"}, {"event", "handed over", "Handed the connection over"},
			{"event", "", "Opened a delegate's link"}, {"delegate_link", "", "Made a link for a delegate"}, {"expires_on", "", "Said when the credential ends"},
			{"tenant", "", "Chose the organization"}, {"", "", "Changed the credential"}}
	case purser.OpInstanceHR:
		return []deed{{"hr_source", "true", "Marked it as an HR source"}, {"", "", "Took the mark of an HR source away"}}
	case purser.OpInstanceDelete:
		return []deed{{"status", "deleting", "Began to delete"}, {"", "", "Deleted"}}
	case purser.OpHoldDecide:
		return []deed{{"decision", "rejected", "Kept what was held"}, {"", "", "Let held changes happen"}}
	case purser.OpFreeze, purser.OpThaw:
		return []deed{{"frozen", "true", "Froze outgoing calls"}, {"", "", "Let calls out again"}}
	case purser.OpBackup:
		return []deed{{"encrypted_to", "", "Made a backup"}, {"backup_of", "", "Restored a backup"}, {"", "", "Changed the sealing key"}}
	case purser.OpApplicationSet:
		return []deed{{"status", "", "Changed status, owner or note"}, {"use_days", "", "Changed when it counts as unused"},
			{"served_as", "", "Said which application it is"}, {"feed", "", "Chose what feeds it"}, {"", "", "Changed the application"}}
	case purser.OpUserWrite:
		return []deed{{gone, "", "Removed a user"}, {"email", "", "Added a user"}, {"role", "", "Changed a role"}, {"", "", "Changed a user"}}
	case purser.OpTokenOwn, purser.OpTokenAny:
		return []deed{{gone, "", "Revoked an API token"}, {"", "", "Made an API token"}}
	case purser.OpActionPlan:
		return []deed{{"targets", "", "Planned an action"}, {"", "", "Changed a planned action"}}
	case purser.OpActionSwitch:
		return []deed{{"protected", "", "Changed what is protected"}, {"", "", "Changed what actions may do"}}
	case purser.OpContractRead:
		return []deed{{"event", "", "Opened a document"}, {gone, "", "Ended a calendar's address"}, {"", "", "Made a calendar's address"}}
	case purser.OpContractWrite:
		return []deed{{made, "", "Added a contract"}, {gone, "", "Deleted a contract"}, {"", "", "Changed a contract"}}
	case purser.OpViewSave:
		return []deed{{made, "", "Saved a view"}, {gone, "", "Deleted a view"}, {"", "", "Changed a saved view"}}
	}
	return []deed{{"", "", simply(op)}}
}

// simply is the deed of operations whose entries are all of one kind.
func simply(op purser.Operation) string {
	switch op {
	case purser.OpActionRun:
		return "Carried out an action"
	case purser.OpConnectorTrust:
		return "Trusted a connector"
	case purser.OpExport:
		return "Exported a list"
	case purser.OpUseRecognize:
		return "Recognized use that looked suspicious"
	case purser.OpFindingDecide:
		return "Decided findings"
	case purser.OpIdentitySet:
		return "Said whose accounts are"
	case purser.OpLeaverWrite:
		return "Worked on a leaver's checklist"
	case purser.OpLicenseSet:
		return "Changed prices, terms or exclusions"
	case purser.OpLoadWrite:
		return "Handed records over"
	case purser.OpSessionOwn:
		return "Changed the own account"
	case purser.OpSettingWrite:
		return "Changed settings"
	}
	return string(op)
}
