package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"

	"github.com/alecthomas/kong"

	"purser/internal/config"
)

// system is what a command gets from outside.
type system struct {
	args    []string
	in      *os.File
	out     io.Writer
	err     io.Writer
	lookup  func(string) (string, bool)
	version string
}

// grammar is the whole command line.
type grammar struct {
	Config kong.ConfigFlag `help:"Configuration file (YAML, with the names of the flags). PURSER_CONFIG names one, too." placeholder:"FILE"`
	Data   string          `help:"Data folder of the server on this machine." env:"PURSER_DATA" default:"${data}" type:"path" placeholder:"DIR"`
	JSON   bool            `name:"json" help:"Answer in JSON."`

	Serve       serveCmd       `cmd:"" help:"Run the server."`
	Demo        demoCmd        `cmd:"" help:"Try Purser with a made-up company."`
	Connector   connectorCmd   `cmd:"" help:"Look at connectors, check one's own."`
	Library     libraryCmd     `cmd:"" help:"Look at the applications that the world uses."`
	Instance    instanceCmd    `cmd:"" help:"Connect applications and sync them."`
	Load        loadCmd        `cmd:"" help:"Hand records over: files and pages."`
	Run         runCmd         `cmd:"" help:"Look at runs, cancel them."`
	Credential  credentialCmd  `cmd:"" help:"Look at credentials, note when they end."`
	Hold        holdCmd        `cmd:"" help:"Decide removals and mass changes that wait for a person."`
	Application applicationCmd `cmd:"" help:"Look at applications and how they are used."`
	Account     accountCmd     `cmd:"" help:"Look at accounts."`
	Person      personCmd      `cmd:"" help:"Look at people."`
	Source      sourceCmd      `cmd:"" help:"Say whose word counts where several sources speak of the same person."`
	Matching    matchingCmd    `cmd:"" help:"Say which addresses are the same."`
	Device      deviceCmd      `cmd:"" help:"Look at devices and the apps on them."`
	Leaver      leaverCmd      `cmd:"" help:"Close what people who leave have, and see it verified."`
	Finding     findingCmd     `cmd:"" help:"Look at findings, decide about them."`
	Spend       spendCmd       `cmd:"" help:"Look at what was paid, line by line."`
	License     licenseCmd     `cmd:"" help:"Look at license plans, enter what they cost."`
	Action      actionCmd      `cmd:"" help:"Change things at vendors: plan, look, approve, run, undo."`
	User        userCmd        `cmd:"" help:"Invite users, change and remove them."`
	Invitation  invitationCmd  `cmd:"" help:"Look at open invitations, withdraw them."`
	SignIn      signInCmd      `cmd:"" name:"sign-in" help:"How people may sign in."`
	Notify      notifyCmd      `cmd:"" help:"Who is told what changed, by mail, webhook or chat."`
	Token       tokenCmd       `cmd:"" help:"Make and revoke API tokens."`
	Audit       auditCmd       `cmd:"" help:"Read and verify the audit log."`
	Admin       adminCmd       `cmd:"" help:"The way back in."`
	Export      exportCmd      `cmd:"" help:"Write a list as a file."`
	Freeze      freezeCmd      `cmd:"" help:"Stop every outgoing call at once."`
	Thaw        thawCmd        `cmd:"" help:"Let outgoing calls out again."`
	Backup      backupCmd      `cmd:"" help:"Write everything into one encrypted file."`
	Restore     restoreCmd     `cmd:"" help:"Fill an empty data folder or database from a backup."`
	Key         keyCmd         `cmd:"" help:"Change the key that seals secrets."`
	OpenAPI     openapiCmd     `cmd:"" name:"openapi" help:"Print the description of the API (OpenAPI 3.1)."`
	Doctor      doctorCmd      `cmd:"" help:"Check this installation."`
	Ready       readyCmd       `cmd:"" help:"Ask the server on this machine whether it is ready; exit code 1 if not."`
	Version     versionCmd     `cmd:"" help:"Print the version."`
	Completion  completionCmd  `cmd:"" help:"Print a completion script for a shell."`

	View         viewCmd         `cmd:"" help:"Lists as they are saved: filters, columns, order; export and mail them."`
	Dashboard    dashboardCmd    `cmd:"" help:"Print the numbers of the first page."`
	Contract     contractCmd     `cmd:"" help:"Look at contracts, write them down, renew and decide them."`
	Organization organizationCmd `cmd:"" help:"Name, mail domains, currency, time zone and fiscal year."`
}

const about = `Purser reads who has an account where, who uses it and what it costs.

Commands talk to the server on this machine over the socket in its data folder, or to PURSER_URL with PURSER_TOKEN.

Exit codes: 0 done, 1 error, 2 wrong usage, 3 partial or held, 4 failed, 5 canceled.`

// execute runs one command and returns its exit code.
func execute(ctx context.Context, sys system) int {
	var g grammar
	asJSON := slices.Contains(sys.args, "--json") // what cannot be parsed says nothing of its flags
	parser, err := newParser(&g, sys)
	if err != nil {
		return fail(sys, asJSON, &exit{code: exitUsage, err: err})
	}
	exited, asked := 0, false
	parser.Exit = func(code int) { exited, asked = code, true; panic(helped{}) }
	command, err := parse(parser, sys.args)
	if asked {
		return exited
	}
	if err != nil {
		return fail(sys, asJSON, &exit{code: exitUsage, err: err})
	}
	s := &session{system: sys, json: g.JSON, data: g.Data, parser: parser}
	command.BindTo(ctx, (*context.Context)(nil))
	return fail(sys, g.JSON, command.Run(s))
}

// helped unwinds once help was printed.
type helped struct{}

func parse(parser *kong.Kong, args []string) (c *kong.Context, err error) {
	defer func() {
		if p := recover(); p != nil {
			if _, ok := p.(helped); !ok {
				panic(p)
			}
		}
	}()
	return parser.Parse(args)
}

func newParser(g *grammar, sys system) (*kong.Kong, error) {
	options := []kong.Option{kong.Name("purser"), kong.Description(about), kong.Writers(sys.out, sys.err), kong.UsageOnError(),
		kong.Vars{"data": defaultData(sys), "version": sys.version}, kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.Configuration(func(r io.Reader) (kong.Resolver, error) { return config.File(r, sys.lookup) })}
	if path, ok := sys.lookup("PURSER_CONFIG"); ok && path != "" {
		f, err := os.Open(path)
		if err != nil {
			return nil, fmt.Errorf("PURSER_CONFIG: %w", err)
		}
		defer func() { _ = f.Close() }()
		resolver, err := config.File(f, sys.lookup)
		if err != nil {
			return nil, err
		}
		options = append(options, kong.Resolvers(resolver))
	}
	return kong.New(g, options...)
}

// defaultData is the data folder where none is named.
func defaultData(sys system) string {
	if base, ok := sys.lookup("XDG_DATA_HOME"); ok && base != "" {
		return filepath.Join(base, "purser")
	}
	if home, ok := sys.lookup("HOME"); ok && home != "" {
		return filepath.Join(home, ".local", "share", "purser")
	}
	return "purser-data"
}

// session is what every command works with.
type session struct {
	system
	json   bool
	data   string
	parser *kong.Kong
}

// Exit codes; the help of the command line names them.
const (
	exitError    = 1
	exitUsage    = 2
	exitPartial  = 3
	exitFailed   = 4
	exitCanceled = 5
)

// exit is an error with an exit code of its own. Without an error nothing more is
// said: the command has told its result already.
type exit struct {
	code int
	err  error
}

// Error returns what there is to say.
func (e *exit) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit code %d", e.code)
	}
	return e.err.Error()
}

// Unwrap returns the cause.
func (e *exit) Unwrap() error { return e.err }

// versionCmd prints the version.
type versionCmd struct{}

// Run prints it.
func (versionCmd) Run(s *session) error {
	v := s.version
	revision := ""
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, setting := range info.Settings {
			if setting.Key == "vcs.revision" {
				revision = setting.Value
			}
		}
	}
	if s.json {
		return s.printJSON(map[string]string{"version": v, "revision": revision})
	}
	if revision != "" {
		v += " (" + revision[:min(12, len(revision))] + ")"
	}
	return s.say("purser %s\n", v)
}

// fail tells err on the error stream and returns the exit code.
func fail(sys system, asJSON bool, err error) int {
	if err == nil {
		return 0
	}
	code := exitError
	if e, ok := errors.AsType[*exit](err); ok {
		if code = e.code; e.err == nil {
			return code
		}
	}
	if errors.Is(err, context.Canceled) && code == exitError {
		code = exitCanceled
	}
	tell(sys.err, asJSON, err)
	return code
}
