import GRDB

/// The conditions of a query, all of which have to hold, with their arguments.
struct Query {
    private var conditions: [String] = []
    private(set) var arguments = StatementArguments()

    /// Adds a condition with a `?` for each argument.
    mutating func require(_ condition: String, _ arguments: [any DatabaseValueConvertible] = []) {
        conditions.append(condition)
        self.arguments += StatementArguments(arguments)
    }

    /// `WHERE …`; empty without conditions.
    var condition: String { conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ") }

    /// `?, ?, ?`
    static func marks(_ count: Int) -> String { Array(repeating: "?", count: count).joined(separator: ", ") }
}
