/// What a column of the file is for.
enum ColumnRole: Hashable, Sendable {
    /// Nothing.
    case ignored
    /// When.
    case time
    /// Truth.
    case label
    /// Which series.
    case series
    /// The value column of this number.
    case value(Int)
}

/// A problem with one of the names in a header.
struct ColumnProblem: Error {
    /// Which column, from 0; nil when the whole header is meant.
    var column: Int?
    /// The name, as the file or the option has it.
    var name: String?
    /// What is wrong.
    var problem: TableError.Problem
}

/// Decides from the names of a header what each column is for.
struct ColumnRoles {
    /// One role for each name.
    private(set) var roles: [ColumnRole]
    /// The names of the value columns, in their order.
    private(set) var valueNames: [String] = []
    /// Columns that are called like labels but are not the one of labels: as values they would give the truth away.
    private(set) var ignoredLabels: [String] = []

    /// Whether some column has this role.
    func has(_ role: ColumnRole) -> Bool { roles.contains(role) }

    /// - Parameter isComplete: whether `names` are all that there will be, so that a wanted name that is missing is wrong.
    init(names: [String], options: TableOptions, isComplete: Bool = true) throws(ColumnProblem) {
        roles = Array(repeating: .ignored, count: names.count)
        try Self.refuseDuplicates(names)
        try assign(.series, "--series-column", options.seriesColumn, names)
        if case .named(let name) = options.timeColumn { try assign(.time, "--time-column", name, names) }
        try assign(.label, "--label-column", options.labelColumn, names)
        for name in options.valueColumns {
            if !isComplete, !names.contains(name) {
                valueNames.append(name)
            } else {
                try assign(.value(valueNames.count), "--value-column", name, names)
                valueNames.append(name)
            }
        }
        if options.timeColumn == .automatic { assignAutomatically(.time, ColumnName.times, names) }
        if options.labelColumn == nil { assignAutomatically(.label, ColumnName.labels, names) }
        if options.valueColumns.isEmpty {
            for (index, name) in names.enumerated() where roles[index] == .ignored {
                guard !name.isEmpty else {
                    throw ColumnProblem(column: index, problem: .unnamedColumn(number: index + 1))
                }
                if ColumnName.isLabel(name) {
                    ignoredLabels.append(name)
                    continue
                }
                roles[index] = .value(valueNames.count)
                valueNames.append(name)
            }
        }
        if valueNames.isEmpty, isComplete { throw ColumnProblem(problem: .noValueColumn) }
    }

    private static func refuseDuplicates(_ names: [String]) throws(ColumnProblem) {
        var first: [String: Int] = [:]
        for (index, name) in names.enumerated() where !name.isEmpty {
            if let earlier = first.updateValue(index, forKey: name) {
                throw ColumnProblem(column: index, name: name, problem: .duplicateColumn(first: earlier + 1))
            }
        }
    }

    private mutating func assign(
        _ role: ColumnRole, _ option: String, _ name: String?, _ names: [String]
    ) throws(ColumnProblem) {
        guard let name else { return }
        guard let index = names.firstIndex(of: name) else {
            throw ColumnProblem(name: name, problem: .unknownColumn(option: option, known: names))
        }
        guard roles[index] == .ignored else {
            let problem = TableError.Problem.columnUsedTwice(first: roles[index].description, second: role.description)
            throw ColumnProblem(column: index, name: name, problem: problem)
        }
        roles[index] = role
    }

    private mutating func assignAutomatically(_ role: ColumnRole, _ known: Set<String>, _ names: [String]) {
        let index = names.indices.first { roles[$0] == .ignored && known.contains(names[$0].lowercased()) }
        if let index { roles[index] = role }
    }
}

extension ColumnRole: CustomStringConvertible {
    var description: String {
        switch self {
        case .ignored: "nothing"
        case .time: "the time"
        case .label: "the label"
        case .series: "the series"
        case .value: "a value"
        }
    }
}
