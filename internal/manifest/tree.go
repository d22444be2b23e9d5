package manifest

import "gopkg.in/yaml.v3"

// Tree is a piece of free YAML: the JSON body of a request.
type Tree struct {
	node *yaml.Node
}
