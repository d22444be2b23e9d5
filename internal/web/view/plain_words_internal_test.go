package view

import (
	"testing"

	"purser"
)

func TestEveryOperationHasWords(t *testing.T) {
	for _, op := range purser.Operations() {
		if words := operationWords(op); words == sentenceOf(string(op)) {
			t.Errorf("%s is said as %q", op, words)
		}
	}
}
