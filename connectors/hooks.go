package connectors

import "purser/internal/hook"

// Hooks is the one list of Go code that manifests may name. The connectors here
// need none: what they ask and read is said in their manifests.
func Hooks() []hook.Hook { return nil }
