/// A column that a table of labelled changes can have, with the names by which public data sets call it.
enum RiskTableColumn: Hashable {
    case time, harm
    case measure(ChangeFeature)

    /// All columns.
    static let all: [RiskTableColumn] = [.time, .harm] + ChangeFeature.allCases.map { .measure($0) }

    /// The names, in small letters.
    var names: [String] {
        switch self {
        case .time: ["time", "timestamp", "date", "commitdate", "author_date"]
        case .harm: ["harmful", "bug", "buggy", "label"]
        case .measure(let feature): [feature.rawValue] + (Self.otherNames[feature] ?? [])
        }
    }

    /// Whether a table is of no use without it.
    var isNeeded: Bool { self == .time || self == .harm || self == .measure(.la) }

    private static let otherNames: [ChangeFeature: [String]] = [
        .la: ["lines_added"], .ld: ["lines_deleted"], .nd: ["nm"], .entropy: ["entrophy", "ent"], .age: ["pd"],
        .nuc: ["npt"], .exp: ["aexp"], .rexp: ["arexp"], .sexp: ["asexp"],
    ]
}
