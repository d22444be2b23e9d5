package connectors_test

import (
	"slices"
	"testing"

	"purser"
	"purser/connectors"
	"purser/internal/columns"
	"purser/internal/manifest"
)

// vendors lists the connectors that ask a vendor over HTTP. Those to which records
// are handed over have nobody to ask; internal/load tests them.
func vendors(t *testing.T) []string {
	t.Helper()
	return slices.DeleteFunc(connectors.Names(), func(name string) bool { return !decoded(t, name).AsksHTTP() })
}

func TestWhatIsHandedOverHasAListForEachKindOfRecord(t *testing.T) {
	for _, name := range []string{"file", "push"} {
		plan, err := manifest.Compile(decoded(t, name), folder(t, name))
		if err != nil {
			t.Fatal(err)
		}
		for _, k := range columns.Kinds() {
			if k == purser.KindContract {
				continue // contracts belong to no instance: they have an import of their own
			}
			found := 0
			for _, task := range plan.Tasks {
				for _, s := range task.Streams {
					if s.Emits == k {
						found++
					}
				}
			}
			if found != 1 {
				t.Errorf("%s has %d lists for %s", name, found, k)
			}
		}
	}
}

func TestReadyMappingsAreRight(t *testing.T) {
	folder, err := connectors.Formats()
	if err != nil {
		t.Fatal(err)
	}
	all, err := columns.Formats(folder)
	if err != nil || len(all) < 3 {
		t.Fatalf("%d ready mappings: %v", len(all), err)
	}
}
