package connectortest

import (
	"context"
	"fmt"
	"io/fs"
	"strings"

	"purser/internal/manifest"
)

// Golden runs a task of the connector in folder on a fixture's answers and puts
// the records that they give into it. It returns how many there are; an answer
// that is missing, or a stream that does not end well, is an error. One's own connector has no hooks.
func Golden(ctx context.Context, folder fs.FS, f *Fixture, task string) (int, error) {
	c, err := manifest.LoadConnector(folder)
	if err != nil {
		return 0, err
	}
	of := c.Task(task)
	if of == nil {
		return 0, fmt.Errorf("%s is no task of this connector", task)
	}
	f.Records = map[string][]Record{}
	streams, problems := runTask(ctx, c.Manifest, of, f, nil)
	total := 0
	for _, s := range streams {
		if s.failed != "" {
			problems = append(problems, s.Stream+": "+s.failed)
		}
		total += s.Records
		f.Records[s.Stream] = s.all
	}
	if len(problems) > 0 {
		return 0, fmt.Errorf("%s", strings.Join(problems, "; "))
	}
	return total, nil
}
