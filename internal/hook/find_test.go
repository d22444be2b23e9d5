package hook_test

import (
	"testing"

	"purser/internal/hook"
)

func TestOnlyTheConnectorItselfHasItsCode(t *testing.T) {
	all := []hook.Hook{{Connector: "acme", Name: "xml", Page: func(b []byte) ([]byte, error) { return append([]byte("x"), b...), nil }}}
	if f := hook.Pages(all, "acme", "xml", false); f == nil {
		t.Error("the connector has not the code that it names")
	}
	for what, f := range map[string]func([]byte) ([]byte, error){
		"no name":                  hook.Pages(all, "acme", "", false),
		"another name":             hook.Pages(all, "acme", "csv", false),
		"another connector":        hook.Pages(all, "other", "xml", false),
		"a connector of one's own": hook.Pages(all, "acme", "xml", true),
	} {
		if f != nil {
			t.Errorf("%s: there is code", what)
		}
	}
}
