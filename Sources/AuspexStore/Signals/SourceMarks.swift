import GRDB

/// How far sources have been read that the engine reads by itself, such as files: new states by the sources' names.
package struct SourceMarks: Hashable, Sendable {
    /// The states that are new, in whatever form the sources write them.
    package var changed: [String: String] = [:]
    /// The names of sources that are gone.
    package var removed: Set<String> = []

    /// Nothing new.
    package init() {}

    /// Whether there is nothing new.
    package var isEmpty: Bool { changed.isEmpty && removed.isEmpty }

    /// Writes the states. The transaction is the caller's.
    func apply(to database: Database) throws {
        for (name, state) in changed {
            let put = try database.cachedStatement(
                sql: "INSERT OR REPLACE INTO source_mark (name, state) VALUES (?, ?)")
            try put.execute(arguments: [name, state])
        }
        for name in removed {
            try database.execute(sql: "DELETE FROM source_mark WHERE name = ?", arguments: [name])
        }
    }
}

/// The marks of all sources.
package struct SourceMarkStore: Sendable {
    private let store: Store

    /// The marks in `store`.
    package init(store: Store) {
        self.store = store
    }

    /// The states of all sources by their names.
    package func all() async throws -> [String: String] {
        try await store.read("reading how far sources have been read") { database in
            let rows = try Row.fetchAll(database, sql: "SELECT name, state FROM source_mark")
            return Dictionary(uniqueKeysWithValues: rows.map { ($0["name"], $0["state"]) })
        }
    }

    /// Keeps marks with which no message came.
    package func save(_ marks: SourceMarks) async throws {
        try await store.write("keeping how far sources have been read") { try marks.apply(to: $0) }
    }
}
