package connectortest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"

	"purser/internal/manifest"
)

// Renewed returns the text of every fixture of the connector in folder whose
// records are not those that its answers give, with the ones that they give. All
// else stays as it is written. Answers that cannot be read whole are an error:
// what a mistake gives is not to be expected.
func Renewed(ctx context.Context, folder fs.FS) (files map[string][]byte, err error) {
	c, err := manifest.LoadConnector(folder)
	if err != nil {
		return nil, err
	}
	files = map[string][]byte{}
	for _, task := range c.Tasks {
		name := "testdata/" + task.Name + ".json"
		text, err := fs.ReadFile(folder, name)
		if errors.Is(err, fs.ErrNotExist) {
			continue // the test says that it is missing
		}
		if err != nil {
			return nil, err
		}
		f, err := ReadFixture(folder, "", task.Name)
		if err != nil {
			return nil, err
		}
		was := f.Records
		if _, err := Golden(ctx, folder, f, task.Name); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		maps.DeleteFunc(f.Records, func(_ string, all []Record) bool { return len(all) == 0 })
		same := true
		for _, s := range task.Streams {
			same = same && len(differences(was[s.Name], f.Records[s.Name])) == 0
		}
		if same {
			continue
		}
		if files[name], err = withRecords(text, f.Records); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return files, nil
}

// withRecords puts records in the place of those that stand in a fixture's text,
// or at its end.
func withRecords(text []byte, records map[string][]Record) ([]byte, error) {
	var value bytes.Buffer
	enc := json.NewEncoder(&value)
	enc.SetEscapeHTML(false)
	enc.SetIndent(" ", " ")
	if err := enc.Encode(records); err != nil {
		return nil, err
	}
	put := bytes.TrimSpace(value.Bytes())
	dec := json.NewDecoder(bytes.NewReader(text))
	if _, err := dec.Token(); err != nil {
		return nil, err
	}
	end := int64(0)
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return nil, err
		}
		var old json.RawMessage
		if err := dec.Decode(&old); err != nil {
			return nil, err
		}
		if end = dec.InputOffset(); key == "records" {
			return bytes.Join([][]byte{text[:end-int64(len(old))], put, text[end:]}, nil), nil
		}
	}
	return bytes.Join([][]byte{text[:end], []byte(",\n \"records\": "), put, []byte("\n}\n")}, nil), nil
}
