package ui

func (c Column) sortIcon() string {
	switch c.Sorted {
	case "ascending":
		return "arrow-up"
	case "descending":
		return "arrow-down"
	}
	return "arrow-up-down"
}
