package view

import (
	"strconv"

	"purser/internal/columns"
	"purser/internal/web/ui"
)

// wordName is a word of a file as a person reads it.
func wordName(word string) string {
	switch word {
	case "*":
		return "any other word"
	case "":
		return "an empty cell"
	}
	return word
}

func wordsHint(w columns.FieldWords) string {
	hint := "From the first rows of the file. What nothing is said of is kept as it is read."
	if w.More > 0 {
		hint += " " + strconv.Itoa(w.More) + " further words are not listed: “any other word” decides on them."
	}
	return hint
}

// meaningOptions are the values that a word can mean.
func meaningOptions(w columns.FieldWords, word columns.Word) []ui.Option {
	asIs := "as it is read"
	switch {
	case word.Word == "*" || word.Word == "" || word.Mapped != "":
	case word.Means == "":
		asIs = "as it is read: refused"
	default:
		asIs = "as it is read: " + listedValue(word.Means)
	}
	out := []ui.Option{{Label: asIs, Checked: word.Mapped == ""}}
	for _, v := range w.Values {
		out = append(out, ui.Option{Value: v, Label: listedValue(v), Checked: word.Mapped == v})
	}
	return out
}

// listedValue is a value of a closed list for people.
func listedValue(v string) string {
	switch v {
	case "true":
		return "yes"
	case "false":
		return "no"
	}
	return fieldWords(v)
}
