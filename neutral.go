package purser

import "strings"

// NeutralCell makes a text that a spreadsheet would run as a formula plain text
// (OWASP, CSV injection, read 2026-11).
func NeutralCell(cell string) string {
	bare := strings.TrimLeftFunc(cell, func(r rune) bool { return r <= ' ' || r == '\u00a0' || r == '\ufeff' })
	if cell != "" && (strings.ContainsRune("\t\r\n", rune(cell[0])) || bare != "" && strings.ContainsRune("=+-@＝＋－＠|%", firstRune(bare))) {
		return "'" + cell
	}
	return cell
}

// BareCell takes back what NeutralCell did to a cell.
func BareCell(cell string) string {
	if bare, ok := strings.CutPrefix(cell, "'"); ok && NeutralCell(bare) == cell {
		return bare
	}
	return cell
}

func firstRune(s string) rune {
	for _, r := range s {
		return r
	}
	return 0
}
