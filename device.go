package purser

import "time"

// Device is a computer, phone or tablet as a device management lists it.
type Device struct {
	ID           string    `json:"id"` // dev_<number>
	InstanceID   string    `json:"instance_id"`
	InstanceName string    `json:"instance_name"`
	ExternalID   string    `json:"external_id"`
	Name         string    `json:"name,omitempty"`
	SerialNumber string    `json:"serial_number,omitempty"` // not always unique: virtual machines share made-up ones
	AssetTag     string    `json:"asset_tag,omitempty"`
	Platform     string    `json:"platform"` // macos windows linux ios ipados tvos watchos visionos android chromeos other unknown
	OSVersion    string    `json:"os_version,omitempty"`
	Manufacturer string    `json:"manufacturer,omitempty"`
	Model        string    `json:"model,omitempty"`
	Status       string    `json:"status"`    // managed pending retiring unmanaged missing unknown
	Ownership    string    `json:"ownership"` // organization personal unknown
	Compliant    Tristate  `json:"compliant"` // with the rules that the device management checks
	Encrypted    Tristate  `json:"encrypted"`
	Email        string    `json:"email,omitempty"` // of its user, as the vendor says it
	UserName     string    `json:"user_name,omitempty"`
	Owner        string    `json:"owner,omitempty"`      // the name of its user, as the vendor says it
	AccountID    string    `json:"account_id,omitempty"` // the user's account in the same instance
	Department   string    `json:"department,omitempty"`
	Location     string    `json:"location,omitempty"`
	PersonID     string    `json:"person_id,omitempty"`
	PersonName   string    `json:"person_name,omitempty"`
	MatchReason  string    `json:"match_reason,omitempty"` // why it is that person's
	PersonLeft   bool      `json:"person_left"`            // an HR source says that the person is gone
	Apps         int64     `json:"apps"`                   // installed apps that were read and are still there
	AppsKnown    bool      `json:"apps_known"`             // the instance has read installed apps completely at least once
	EnrolledAt   time.Time `json:"enrolled_at,omitzero"`
	LastSeen     LastUse   `json:"last_seen"` // when the device last reported
	FirstSeenAt  time.Time `json:"first_seen_at"`
	RemovedAt    time.Time `json:"removed_at,omitzero"`
	AdminURL     string    `json:"admin_url,omitempty"` // the vendor's page for this device
	DataAsOf     time.Time `json:"data_as_of,omitzero"`
}

// InstalledApp is a program on a device.
type InstalledApp struct {
	ID          string    `json:"id"` // ina_<number>
	DeviceID    string    `json:"device_id"`
	DeviceName  string    `json:"device_name"`
	Name        string    `json:"name"`
	Version     string    `json:"version,omitempty"`
	Identifier  string    `json:"identifier,omitempty"` // bundle or package id
	Publisher   string    `json:"publisher,omitempty"`
	Path        string    `json:"path,omitempty"`
	Origin      string    `json:"origin,omitempty"` // where it came from, in the vendor's words
	FirstSeenAt time.Time `json:"first_seen_at"`
	RemovedAt   time.Time `json:"removed_at,omitzero"`
}

// DevicePlatforms lists the platforms of devices.
func DevicePlatforms() []string {
	return []string{"macos", "windows", "linux", "ios", "ipados", "tvos", "watchos", "visionos", "android", "chromeos", "other", "unknown"}
}

// DeviceStatuses lists how a device can stand with its device management:
// managed; pending, not enrolled yet; retiring, told to leave or to be wiped;
// unmanaged, a record without management; missing, lost or not heard of, as the vendor marks it.
func DeviceStatuses() []string {
	return []string{"managed", "pending", "retiring", "unmanaged", "missing", "unknown"}
}

// DeviceOwnerships lists whose a device can be.
func DeviceOwnerships() []string { return []string{"organization", "personal", "unknown"} }

func deviceFields() []Field {
	return []Field{id(),
		{Name: "name", Type: Text, History: true},
		{Name: "serial_number", Type: Text},
		{Name: "asset_tag", Type: Text},
		{Name: "platform", Type: Enum, Values: DevicePlatforms()},
		{Name: "os_version", Type: Text}, // without history: it changes everywhere every few weeks
		{Name: "manufacturer", Type: Text},
		{Name: "model", Type: Text},
		{Name: "status", Type: Enum, Values: DeviceStatuses(), History: true, Guarded: true},
		{Name: "ownership", Type: Enum, Values: DeviceOwnerships(), History: true},
		{Name: "compliant", Type: Bool, History: true},
		{Name: "encrypted", Type: Bool, History: true},
		{Name: "email", Type: Text, History: true, Guarded: true},
		{Name: "user_name", Type: Text, History: true},
		{Name: "owner", Type: Text},
		{Name: "account", Type: Text, History: true},
		{Name: "department", Type: Text, History: true},
		{Name: "location", Type: Text, History: true},
		{Name: "url", Type: Text}, // the vendor's page for the device
		{Name: "enrolled_at", Type: Time},
		{Name: "last_seen_at", Type: UseDate},
	}
}

// installedAppFields: app is what tells an app from the others of its device, such
// as its bundle id, or its path where there may be several copies. The version is
// no part of it, so that an update changes a row instead of making another.
func installedAppFields() []Field {
	return []Field{pairID(),
		{Name: "device", Type: Text, Mandatory: true, Key: true},
		{Name: "app", Type: Text, Mandatory: true, Key: true},
		{Name: "name", Type: Text, Mandatory: true},
		{Name: "version", Type: Text},
		{Name: "identifier", Type: Text},
		{Name: "publisher", Type: Text},
		{Name: "path", Type: Text},
		{Name: "origin", Type: Text},
	}
}
