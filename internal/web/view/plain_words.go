package view

import (
	"strings"

	"purser"
	"purser/internal/connect"
	"purser/internal/web/ui"
)

// operationWords says what an operation is to people: what an API token may do.
// Every operation has an entry; a test walks them.
func operationWords(op purser.Operation) string {
	switch op {
	case purser.OpCatalogRead:
		return "Look at the catalog"
	case purser.OpInstanceRead:
		return "Look at instances"
	case purser.OpInstanceWrite:
		return "Change instances"
	case purser.OpCredentialSet:
		return "Enter and test credentials"
	case purser.OpRunRead:
		return "Look at runs and their logs"
	case purser.OpRunStart:
		return "Start and cancel runs"
	case purser.OpHoldDecide:
		return "Decide held removals"
	case purser.OpAccountRead:
		return "Look at accounts, applications and devices"
	case purser.OpPersonRead:
		return "Look at people"
	case purser.OpNameRead:
		return "See names of people"
	case purser.OpMoneyRead:
		return "See prices and spend"
	case purser.OpContractRead:
		return "Look at contracts"
	case purser.OpContractWrite:
		return "Change, renew and decide contracts"
	case purser.OpLeaverWrite:
		return "Keep checklists of leavers"
	case purser.OpExport:
		return "Export lists"
	case purser.OpUserRead:
		return "Look at users"
	case purser.OpUserWrite:
		return "Change users and roles"
	case purser.OpTokenOwn:
		return "Own API tokens"
	case purser.OpTokenAny:
		return "Everybody's API tokens"
	case purser.OpAuditRead:
		return "Read the audit log"
	case purser.OpSettingRead:
		return "Look at settings"
	case purser.OpSettingWrite:
		return "Change settings"
	case purser.OpSessionOwn:
		return "Own sessions and password"
	case purser.OpApplicationSet:
		return "Decide about applications"
	case purser.OpFreeze:
		return "Freeze and thaw outgoing calls"
	case purser.OpInstanceDelete:
		return "Delete instances and their users"
	case purser.OpInstanceHR:
		return "Say which instance is the HR source"
	case purser.OpIdentitySet:
		return "Say whose accounts are"
	case purser.OpConnectorTrust:
		return "Trust connectors of one's own"
	case purser.OpLoadWrite:
		return "Hand records over as files and pages"
	case purser.OpBackup:
		return "Back up, restore, change the key"
	case purser.OpThaw:
		return "Let outgoing calls out again"
	case purser.OpActionRead:
		return "Look at actions"
	case purser.OpActionPlan:
		return "Plan and undo actions"
	case purser.OpActionRun:
		return "Approve and run actions"
	case purser.OpActionSwitch:
		return "Switch actions on, say whom none touches"
	case purser.OpFindingRead:
		return "Look at findings"
	case purser.OpFindingDecide:
		return "Decide about findings"
	case purser.OpUseRecognize:
		return "Say that suspicious use is as it should be"
	case purser.OpLicenseSet:
		return "Enter prices and terms of plans"
	case purser.OpViewSave:
		return "Keep and share views of lists"
	}
	return sentenceOf(string(op))
}

// valueWords writes a value of the audit log that is a name of ours in words;
// every other value stands as it is.
func valueWords(v string) string {
	if title := purser.TaskName(v).Title(); title != v {
		return title
	}
	for _, op := range purser.Operations() {
		if v == string(op) {
			return operationWords(op)
		}
	}
	return v
}

// roleWords is a role as a title.
func roleWords(r purser.Role) string { return sentenceOf(string(r)) }

// CategoryWords is categoryWords for filters.
func CategoryWords(category string) string { return categoryWords(category) }

// categoryWords is a connector's category in words.
func categoryWords(category string) string {
	switch category {
	case "crm":
		return "CRM"
	case "hr":
		return "HR"
	case "identity":
		return "Identity provider"
	case "":
		return ""
	}
	return sentenceOf(category)
}

// sentenceOf writes a raw name as words: instance.write becomes "Instance write".
func sentenceOf(raw string) string {
	words := strings.TrimSpace(strings.NewReplacer("_", " ", ".", " ").Replace(raw))
	if words == "" {
		return ""
	}
	return strings.ToUpper(words[:1]) + words[1:]
}

// settingFacts are the settings of an instance under the names that the
// connector gives them.
func settingFacts(i purser.Instance, labels []connect.SettingField) []ui.KV {
	out := make([]ui.KV, 0, len(i.Settings))
	for _, name := range sortedNames(i.Settings) {
		out = append(out, ui.KV{Key: settingLabel(name, labels), Value: i.Settings[name], Missing: "not set"})
	}
	return out
}

func settingLabel(name string, labels []connect.SettingField) string {
	for _, l := range labels {
		if l.Name == name && l.Label != "" {
			return l.Label
		}
	}
	return sentenceOf(name)
}
