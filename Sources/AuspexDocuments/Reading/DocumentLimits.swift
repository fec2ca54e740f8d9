/// How large a text may be before it is refused, so that no document can exhaust memory, time or the stack.
package struct DocumentLimits: Hashable, Sendable {
    /// Bytes of UTF-8 in one file.
    package var bytes: Int
    /// Scalars, sequences and mappings in one file, keys included.
    package var nodes: Int
    /// Sequences and mappings inside one another.
    package var depth: Int

    /// Creates limits. The defaults hold 5,000 rules of the usual size in one file and are ten times the deepest
    /// nesting that any schema here knows.
    package init(bytes: Int = 1 << 20, nodes: Int = 250_000, depth: Int = 64) {
        self.bytes = bytes
        self.nodes = nodes
        self.depth = depth
    }
}
