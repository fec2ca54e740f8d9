import AuspexSignals

/// A problem with a line of NDJSON.
struct MemberProblem: Error {
    /// The byte of the line where it is; nil when the whole line is meant.
    var place: Int?
    /// The member that is meant.
    var name: String?
    /// What is wrong.
    var problem: TableError.Problem
}

/// The members that the objects of an NDJSON file have, and what they are for.
struct NDJSONMembers {
    /// What a member is for.
    enum Role {
        /// The same as a column of this role.
        case member(ColumnRole)
        /// The labels of the series.
        case labels
    }

    /// The member whose object makes a line part of a recording.
    static let labelsName = "labels"

    /// The names in order of first appearance.
    private(set) var names: [String] = []
    /// The names of the value columns, in their order.
    private(set) var valueNames: [String]
    /// Whether every line brings the labels of its series.
    let isRecording: Bool

    private let options: TableOptions
    private var roles: [Role] = []
    private var rawNames = ByteInterner()
    /// The number of each raw name; two ways to escape a name give one number.
    private var numberOfRaw: [Int] = []
    private var numberOfName: [String: Int] = [:]
    /// The row in which each member was seen last.
    private var lastRow: [Int] = []
    private var row = 0
    private let filled: Set<ColumnRole>
    /// How many members and value columns the rows accepted so far have. Those beyond are of the current row.
    private var acceptedNames = 0
    private var acceptedValues = 0

    /// Reads the members of the first object.
    init(_ bytes: Span<UInt8>, options: TableOptions) throws(MemberProblem) {
        self.options = options
        var found: [String] = []
        var isRecording = false
        try JSONLine.forEachMember(of: bytes) { raw, token throws(MemberProblem) in
            let name = try Self.text(raw, bytes)
            if case .nested = token, name == Self.labelsName { isRecording = true }
            found.append(name)
        }
        self.isRecording = isRecording
        let columns = isRecording ? found.filter { $0 != Self.labelsName } : found
        let assigned: ColumnRoles
        do throws(ColumnProblem) {
            assigned = try ColumnRoles(names: columns, options: options, isComplete: false)
        } catch {
            if case .duplicateColumn = error.problem {
                throw MemberProblem(name: error.name, problem: .duplicateMember)
            }
            throw MemberProblem(name: error.name, problem: error.problem)
        }
        valueNames = assigned.valueNames
        filled = Set(assigned.roles)
        for (name, role) in zip(columns, assigned.roles) { add(name, .member(role)) }
        if isRecording { add(Self.labelsName, .labels) }
    }

    /// Whether the first object has a member of this role.
    func has(_ role: ColumnRole) -> Bool { filled.contains(role) }

    /// The name of the member of this role.
    func name(of role: ColumnRole) -> String? {
        roles.firstIndex { if case .member(role) = $0 { true } else { false } }.map { names[$0] }
    }

    /// What the member of this number is for.
    func role(of number: Int) -> Role { roles[number] }

    /// A value column that an option asks for and that no line has had.
    var unseenValue: String? { options.valueColumns.first { numberOfName[$0] == nil } }

    /// Members called like labels that are not the one of labels, where nobody chose the values.
    var ignoredLabels: [String] {
        guard options.valueColumns.isEmpty else { return [] }
        return zip(names, roles).compactMap { name, role in
            if case .member(.ignored) = role, ColumnName.isLabel(name) { name } else { nil }
        }
    }

    /// Begins a row, in which no member has been seen.
    mutating func beginRow() { row += 1 }

    /// Keeps the members that the row brought.
    mutating func acceptRow() {
        acceptedNames = names.count
        acceptedValues = valueNames.count
    }

    /// Forgets the members that the row brought.
    mutating func refuseRow() {
        for name in names[acceptedNames...] { numberOfName[name] = nil }
        names.removeSubrange(acceptedNames...)
        roles.removeSubrange(acceptedNames...)
        lastRow.removeSubrange(acceptedNames...)
        valueNames.removeSubrange(acceptedValues...)
    }

    /// The number of a member, which is new if no accepted row has had it.
    mutating func number(
        of raw: JSONString, _ token: JSONToken, in bytes: Span<UInt8>
    ) throws(MemberProblem) -> Int {
        let rawName = bytes.extracting(raw.range)
        let number: Int
        if let known = rawNames.find(rawName) {
            number = numberOfRaw[known]
        } else {
            let name = try Self.text(raw, bytes)
            if let known = numberOfName[name] {
                number = known
                if known < acceptedNames {
                    _ = rawNames.add(rawName)
                    numberOfRaw.append(number)
                }
            } else {
                do throws(TableError.Problem) {
                    number = add(name, .member(try lateRole(of: name, token)))
                } catch {
                    throw MemberProblem(place: raw.range.lowerBound - 1, name: name, problem: error)
                }
            }
        }
        guard lastRow[number] != row else {
            throw MemberProblem(place: raw.range.lowerBound - 1, name: names[number], problem: .duplicateMember)
        }
        lastRow[number] = row
        return number
    }

    /// What is missing from a row, if something is.
    func missing(time: Bool, truth: Bool, series: Bool) -> TableError.Problem? {
        if series, isRecording { return .mixedForms }
        for (role, isMissing) in [(ColumnRole.time, time), (.label, truth), (.series, series)] where isMissing {
            guard has(role) else { continue }
            return .missingMember(name: name(of: role) ?? role.description)
        }
        return nil
    }

    @discardableResult private mutating func add(_ name: String, _ role: Role) -> Int {
        names.append(name)
        roles.append(role)
        lastRow.append(0)
        numberOfName[name] = names.count - 1
        return names.count - 1
    }

    /// The role of a member that the first line did not have.
    private mutating func lateRole(
        of name: String, _ token: JSONToken
    ) throws(TableError.Problem) -> ColumnRole {
        if name == Self.labelsName, case .nested = token { throw .mixedForms }
        guard options.valueColumns.isEmpty else {
            return options.valueColumns.firstIndex(of: name).map { .value($0) } ?? .ignored
        }
        let isTime = ColumnName.times.contains(name.lowercased())
        if isTime, options.timeColumn == .automatic, !has(.time) { throw .lateMember }
        if ColumnName.isLabel(name) {
            if options.labelColumn == nil, !has(.label) { throw .lateMember }
            return .ignored
        }
        valueNames.append(name)
        return .value(valueNames.count - 1)
    }

    private static func text(_ raw: JSONString, _ bytes: Span<UInt8>) throws(MemberProblem) -> String {
        if let text = raw.text(in: bytes) { return text }
        let problem = TableError.Problem.notJSON(reason: "a name that is not valid text")
        throw MemberProblem(place: raw.range.lowerBound, problem: problem)
    }
}

extension JSONString {
    /// The string's text with its escapes undone; nil when it is not valid.
    func text(in bytes: Span<UInt8>) -> String? {
        guard isEscaped else { return bytes.extracting(range).validText }
        let quoted = bytes.extracting(range.lowerBound - 1..<range.upperBound + 1)
        return (try? JSONValue(parsing: quoted.text))?.string
    }
}

extension JSONLine {
    /// Calls `body` for every member of the object that is the line.
    static func forEachMember(
        of bytes: Span<UInt8>, _ body: (JSONString, JSONToken) throws(MemberProblem) -> Void
    ) throws(MemberProblem) {
        do {
            var line = try JSONLine(bytes, from: 0)
            while let (name, value) = try line.next(bytes) { try body(name, value) }
        } catch let error as JSONLineError {
            throw MemberProblem(place: error.place, problem: .notJSON(reason: error.reason))
        } catch let error as MemberProblem {
            throw error
        } catch {
            throw MemberProblem(problem: .notJSON(reason: "\(error)"))
        }
    }
}
