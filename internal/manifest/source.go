package manifest

import (
	"slices"

	"purser"
)

// Where the pages of a connector come from.
const (
	SourceHTTP = ""     // a vendor's interface
	SourceLDAP = "ldap" // a directory
	SourceFile = "file" // files that people hand over
	SourcePush = "push" // pages that programs send
)

// HandedOver reports whether records are handed over to Purser instead of being
// asked for: nothing is called, no credential is needed, no schedule makes sense.
func (m *Manifest) HandedOver() bool { return m.Source == SourceFile || m.Source == SourcePush }

// AsksHTTP reports whether a vendor is asked over HTTP.
func (m *Manifest) AsksHTTP() bool { return m.Source == SourceHTTP }

// SettingApplication is the setting that names the application, in a connector
// that serves any of them.
const SettingApplication = "application"

// AnyApplication reports whether the connector serves any application that a person names.
func (m *Manifest) AnyApplication() bool {
	return slices.ContainsFunc(m.Settings, func(s Setting) bool { return s.Name == SettingApplication })
}

// AnswerMore is where a page of records that were handed over says that more follow.
const AnswerMore = "next"

// handedOver fills in what every list of records that are handed over has: the
// fields of its kind by their names, and one way to page. What a load covers,
// and whether it is all there is, is said with the load.
func handedOver(s *Stream) *Stream {
	out := *s
	out.Mode, out.Removals, out.At = "snapshot", "removed == true", "records"
	out.Get = Strings{"/" + s.Name}
	out.Page = &Page{Kind: "cursor", Next: AnswerMore, Param: "after"}
	out.Fields = nil
	for i, f := range purser.Fields(s.Emits) {
		if i == 0 && !f.Mandatory {
			continue // derived from the fields that name the thing
		}
		field := Field{Name: f.Name, From: f.Name}
		if f.Type == purser.UseDate {
			never := "never"
			field.Never = []*string{&never}
		}
		out.Fields = append(out.Fields, field)
	}
	return &out
}

// ForLoad returns the stream as a load of that mode and with those fields reads
// it. Fields that a load does not name are left as they are.
func (s *CompiledStream) ForLoad(mode purser.LoadMode, fields []string) *CompiledStream {
	out := *s
	stream := *s.Stream
	out.Stream = &stream
	if mode == purser.LoadDelta {
		stream.Mode = "delta"
	} else {
		stream.Removals = ""
	}
	if fields != nil {
		out.Named = slices.Clone(s.Named)
		for i, k := range s.Kind {
			out.Named[i] = s.Named[i] && (k.Mandatory || k.Key || slices.Contains(fields, k.Name))
		}
	}
	return &out
}
