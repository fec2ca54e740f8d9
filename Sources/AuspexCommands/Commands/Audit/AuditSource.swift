import ArgumentParser
import AuspexStore

/// Where the audit is: in a data directory, also while an engine is at work there, or at a server.
struct AuditSource: ParsableArguments {
    /// Entries read at a time.
    private static let entriesAtOnce = 1_000

    @Option(help: "The engine's data directory; without it, the server is asked.")
    var data: String?

    @OptionGroup var server: ServerOptions

    func validate() throws {
        if data != nil, server.server != nil { throw ValidationError("--data and --server exclude each other") }
    }

    /// Where the audit is read in a directory; nil when a server is asked.
    func reader() throws -> AuditReader? {
        try data.map { directory in try Failure.ofInput { try AuditReader(directory: directory) } }
    }

    /// The newest entries, oldest first.
    func newest(_ limit: Int, run: String?) async throws -> [AuditLog.Entry] {
        if let reader = try reader() { return try Failure.ofInput { try reader.newest(runID: run, limit: limit) } }
        let path = APIPath("/api/v1/audit").with("newest", "true").with("limit", "\(limit)").with("run", run)
        return try await server.client().send("GET", path.text, as: [AuditLog.Entry].self)
    }

    /// Does `body` with every entry after `sequence`, oldest first, a block at a time.
    func forEach(
        after sequence: Int64 = 0, run: String? = nil, _ body: (AuditLog.Entry) throws -> Void
    ) async throws {
        let (reader, client) = (try reader(), data == nil ? try server.client() : nil)
        var last = sequence
        while true {
            var block: [AuditLog.Entry] = []
            if let reader {
                let after = last
                block = try Failure.ofInput {
                    try reader.entries(runID: run, after: after, limit: Self.entriesAtOnce)
                }
            } else if let client {
                let path = APIPath("/api/v1/audit").with("after", "\(last)").with("limit", "\(Self.entriesAtOnce)")
                    .with("run", run)
                block = try await client.send("GET", path.text, as: [AuditLog.Entry].self)
            }
            for entry in block { try body(entry) }
            guard let newest = block.last?.sequence, newest > last else { return }
            last = newest
        }
    }
}
