package view

import (
	"net/url"
	"strings"

	"purser"
	"purser/internal/web/ui"
)

// DeviceName is how a device is called.
func DeviceName(d purser.Device) string { return first(d.Name, d.SerialNumber, d.ExternalID) }

// deviceSub is the line under a device's name: what tells it from others of its name.
func deviceSub(d purser.Device) string {
	if d.Name == "" {
		return d.Model
	}
	return strings.TrimSuffix(strings.TrimPrefix(d.SerialNumber+" · "+d.Model, " · "), " · ")
}

// PlatformWord is a platform as its maker writes it.
func PlatformWord(platform string) string {
	word, ok := map[string]string{"macos": "macOS", "windows": "Windows", "linux": "Linux", "ios": "iOS", "ipados": "iPadOS", "tvos": "tvOS",
		"watchos": "watchOS", "visionos": "visionOS", "android": "Android", "chromeos": "ChromeOS"}[platform]
	if !ok {
		return platform
	}
	return word
}

func deviceSystem(d purser.Device) string {
	if d.Platform == "unknown" {
		return d.OSVersion
	}
	return strings.TrimSpace(PlatformWord(d.Platform) + " " + d.OSVersion)
}

func deviceModel(d purser.Device) string { return strings.TrimSpace(d.Manufacturer + " " + d.Model) }

// deviceUser is what the vendor says of a device's user.
func deviceUser(d purser.Device) string {
	for _, text := range []string{d.Email, d.UserName, d.Owner} {
		if text != "" {
			return text
		}
	}
	return ""
}

func ownershipWords(ownership string) string {
	switch ownership {
	case "organization":
		return "the organization"
	case "personal":
		return "its user"
	}
	return ""
}

// devicesWith is the list of the devices that have an app.
func devicesWith(app string) string { return "/devices?" + url.Values{"app": {app}}.Encode() }

// DeviceEvents writes the kept changes of a device as a timeline.
func DeviceEvents(changes []purser.Change) []ui.Event {
	out := make([]ui.Event, 0, len(changes))
	for _, c := range changes {
		e := ui.Event{At: c.At, Before: c.Before, After: c.After, Icon: "monitor"}
		if c.RunID != "" {
			e.Href = "/runs/" + c.RunID
		}
		switch {
		case c.Field != "":
			e.What = deviceField(c.Field) + " changed"
			if e.Before == "" {
				e.Before = "unknown"
			}
			if e.After == "" {
				e.After = "unknown"
			}
		case c.After == "removed":
			e.What, e.After, e.Tone = "The device was gone", "", ui.ToneInactive
		case c.After == "returned":
			e.What, e.After = "The device was back", ""
		default:
			e.What, e.After = "First seen by Purser", ""
		}
		out = append(out, e)
	}
	return out
}

func deviceField(field string) string {
	switch field {
	case "email":
		return "The address of its user"
	case "user_name":
		return "The user name"
	case "account":
		return "The account that it is assigned to"
	case "compliant":
		return "Whether it meets its rules"
	case "encrypted":
		return "Whether it is encrypted"
	}
	return "The " + strings.ReplaceAll(field, "_", " ")
}
