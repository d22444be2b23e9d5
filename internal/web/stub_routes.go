package web

// Connect, Runs and Inventory are grown page by page.
type (
	Connect   any
	Runs      any
	Inventory any
)

func (h *Handler) integrationRoutes(adder) {}
func (h *Handler) runRoutes(adder)         {}
func (h *Handler) inventoryRoutes(adder)   {}
func (h *Handler) homeRoutes(adder)        {}
