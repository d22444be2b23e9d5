package store

// The orders of the long lists, for the fact that each has an index.
const (
	AccountOrder     = accountName
	PersonOrder      = personName
	DepartmentOrder  = personDepartment
	TransactionOrder = transactionDate
	DeviceOrder      = deviceName
	DeviceSeenOrder  = deviceSeen
)
