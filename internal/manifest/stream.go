package manifest

import "purser"

// Task is one thing that an instance reads on a schedule.
type Task struct {
	Name        string   `yaml:",key" oneof:"hr_roster|application_roster|application_access|application_discovery|license_information|expense_discovery|device_inventory"`
	Reads       string   `yaml:"reads" doc:"what it reads, in words for the preview"`
	Schedule    Duration `yaml:"schedule" doc:"how often; 24h if not said"`
	Lag         Duration `yaml:"lag" doc:"how late the vendor's own data is"`
	Why         []Pair   `yaml:"why" doc:"scope: the reason for it"`
	Needs       string   `yaml:"needs" doc:"plan and role that the vendor asks for"`
	Cannot      []string `yaml:"cannot" doc:"what this task can never tell"`
	CountsAsUse string   `yaml:"counts_as_use" doc:"what is taken for use of the application"`
	Off         string   `yaml:"off" doc:"off until chosen, because: what the scope would allow beside reading"`
	Streams     []Stream `yaml:"streams" doc:"the lists that it reads, in this order"`
	EveryStream *Stream  `yaml:"every_stream" json:"-" doc:"what holds for each of its streams that does not say otherwise"`
}

// Stream is one list.
type Stream struct {
	Name        string `yaml:",key"`
	Like        string `yaml:"like" json:"-" doc:"name of an earlier stream: all that is not said here is as there, with its fields where both give the same kind"`
	StreamModes `yaml:",inline" json:"-"`
	Emits       purser.Kind `yaml:"emits" oneof:"person|account|group|membership|application|assignment|activity|plan|seat|transaction|device|installed_app|lookup" later:"contract" doc:"kind of record"`
	Mode        string      `yaml:"mode" oneof:"snapshot|delta|events" doc:"snapshot: all there is; delta: changes since; events: dated facts"`
	Enrich      bool        `yaml:"enrich" doc:"writes the named fields on rows that exist, makes none and removes none"`
	Scopes      Scopes      `yaml:"scopes" doc:"scopes that it needs; a nested list means any of"`
	Token       string      `yaml:"token" doc:"name of the token to use, where a grant gives several"`
	Needs       string      `yaml:"needs" doc:"plan and role that the vendor asks for"`
	Expect      *Expect     `yaml:"expect" doc:"what a good answer has"`

	Request    `yaml:",inline"`
	FirstQuery []Pair   `yaml:"first_query" doc:"parameters of the very first request only, before there is a cursor"`
	Oldest     Duration `yaml:"oldest" doc:"how far back the vendor tells, such as -90d"`
	Removals   string   `yaml:"removals" doc:"condition: the record says that the thing is gone"`
	OnNotFound string   `yaml:"on_not_found" oneof:"gone|stay" doc:"404 for a partition: its rows are gone, or stay (if not said)"`
	Keep       string   `yaml:"keep" doc:"condition: records without it are left out"`
	Fields     []Field  `yaml:"fields" doc:"field: expression"`

	ForEach *ForEach `yaml:"for_each" doc:"asked once for each record of an earlier stream; ${parent.x} stands for its fields"`
	Vary    *Vary    `yaml:"vary" doc:"asked once for each value; ${vary.x} stands for it"`

	At      string `yaml:"at" doc:"path to the records; the whole answer if not said"`
	As      string `yaml:"as" oneof:"list|entries|one" doc:"list (if not said), entries of an object (key, value), or one record"`
	Unwrap  string `yaml:"unwrap" doc:"path to the record inside each item"`
	Explode string `yaml:"explode" doc:"path to a list inside each record: one record for each item, as item"`
	Absent  string `yaml:"absent" oneof:"empty" doc:"a missing list means that there are no records"`

	Page   *Page   `yaml:"page" doc:"how the list is paged"`
	Cursor *Cursor `yaml:"cursor" doc:"where the next run goes on"`
	Body   string  `yaml:"body" oneof:"json|ndjson|csv" doc:"form of the answer; json if not said; ndjson: an item a line; csv: the first line names the columns"`
	Limits []Limit `yaml:"limits" doc:"budgets of this stream alone"`

	Redirect *Redirect `yaml:"redirect" doc:"hosts to which the vendor may redirect for the answer"`
	Job      *Tree     `yaml:"job" later:"*" doc:"a job at the vendor that is started, awaited and fetched"`
	Table    string    `yaml:"table" doc:"CSV file of the connector's folder that is read in place of an answer: names of ids that the vendor does not tell"`
	Hook     string    `yaml:"hook" doc:"Go code of this connector that rewrites each answer before it is read; connectors of one's own have none"`
}

// StreamModes is a short form of emits and mode: one of them, with the kind of record.
type StreamModes struct {
	Snapshot purser.Kind `yaml:"snapshot" doc:"kind of record, all there is: emits with mode: snapshot"`
	Delta    purser.Kind `yaml:"delta" doc:"kind of record, changes since: emits with mode: delta"`
	Events   purser.Kind `yaml:"events" doc:"kind of record, dated facts: emits with mode: events"`
}

// Redirect declares where an answer may really be: some vendors redirect to a
// short-lived address in a store of files. It is fetched without headers and
// without the credential; a redirect to any other host is refused.
type Redirect struct {
	To   Strings `yaml:"to" doc:"hosts, or patterns such as *.example.com"`
	Auth string  `yaml:"auth" oneof:"none" doc:"the credential stays behind: none"`
}

// Field is how one field of a record is made: an expression, or a mapping.
type Field struct {
	Name  string    `yaml:",key"`
	From  string    `yaml:"from" doc:"expression"`
	Map   []Pair    `yaml:"map" doc:"vendor's value: our value; what is not listed is unknown"`
	Never []*string `yaml:"never" doc:"values that mean never used; null for a missing one"`
}

// ForEach asks a stream once for each record of an earlier stream.
type ForEach struct {
	Stream string `yaml:"stream" doc:"name of an earlier stream"`
	Batch  int    `yaml:"batch" doc:"so many records at once: ${parent.ids} are their external ids, separated by commas"`
}

// Vary asks a stream once for each value.
type Vary struct {
	Name   string
	Values []string // may hold one template of a setting that is a list
}

// Page says how a list is paged and what proves its end.
type Page struct {
	Kind    string  `yaml:"kind" oneof:"none|link_header|link_body|cursor|page|offset|last_id" later:"hook" doc:"how the next page is asked for"`
	Rel     string  `yaml:"rel" doc:"link_header: the relation; next if not said"`
	Next    string  `yaml:"next" doc:"link_body: path of the next address; cursor: path of the next token, or header:<name>; last_id: path of the id in a record"`
	TokenIn string  `yaml:"token_in" oneof:"query|json|header|path" doc:"where the token, page or offset is sent; query if not said"`
	TokenAs string  `yaml:"token_as" oneof:"json" doc:"token_in json: the token is JSON itself, such as a list, and sent as that; a text if not said"`
	Param   string  `yaml:"param" doc:"its name there; link_body: the parameter in which a bare token is sent, where the vendor writes one in place of an address"`
	Cursor  string  `yaml:"cursor" json:",omitempty" doc:"offset: parameter for the token at next, which is followed where the answer has one; the first page is then asked for without an offset"`
	First   *int    `yaml:"first" doc:"number of the first page (1 if not said), the first offset (0), or with last_id in a path the id before the first (0)"`
	Size    int     `yaml:"size" doc:"records on a full page, for end: short; an offset steps by the records that were read"`
	End     Strings `yaml:"end" oneof:"no_next|empty|short|total|pages|flag|same_token" doc:"what proves the end; of several, the first that the answer lets judge"`
	More    string  `yaml:"more" doc:"cursor: address of the pages that follow the first, where it is another; they are asked with the token alone"`
	Total   string  `yaml:"total" doc:"path of the number of all records"`
	Pages   string  `yaml:"pages" doc:"path of the number of pages"`
	Flag    string  `yaml:"flag" doc:"condition: true while there is more"`
}

// Cursor says where the next run goes on. ${start} stands for it in the request.
type Cursor struct {
	Kind    string   `yaml:"kind" oneof:"time|epoch|opaque|link|header" doc:"time and epoch: the greatest value read; opaque: a token in the answer; link: the last next link; header: a header of the answer"`
	From    string   `yaml:"from" doc:"time, epoch: expression in a record (a moment); opaque: path in the answer; header: its name"`
	Format  string   `yaml:"format" oneof:"iso|iso_ms|iso_local|iso_space|date|http_date|epoch|epoch_ms" doc:"how ${start} is written; iso for time, epoch for epoch"`
	Overlap Duration `yaml:"overlap" doc:"read again so much before the cursor"`
	Window  Duration `yaml:"window" doc:"ask in slices of this length: ${start} to ${end}"`
	Order   string   `yaml:"order" oneof:"ascending|descending" doc:"in which order records come"`
	StopAt  string   `yaml:"stop_at" oneof:"start" doc:"descending: the first record before ${start} is the end"`
}
