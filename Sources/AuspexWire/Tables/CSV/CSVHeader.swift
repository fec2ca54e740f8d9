import AuspexSignals

/// The columns of a CSV file, from its first line.
struct CSVHeader {
    /// The names, one for each column.
    let names: [String]
    /// What they are for.
    let roles: ColumnRoles
    /// Whether the first line was a row already, and the names are made up.
    let isMadeUp: Bool

    /// Reads the first record of a file.
    init(
        _ fields: [CSVField], in bytes: Span<UInt8>, record: TextPlace, options: TableOptions
    ) throws(TableError) {
        let whole = SourceLocation(file: record.file, line: record.line)
        guard fields.count <= options.limits.columns else {
            throw TableError(location: whole, problem: .tooMany(what: "columns", limit: options.limits.columns))
        }
        isMadeUp = Self.isRow(fields, in: bytes)
        if isMadeUp {
            names = Self.madeUpNames(fields, in: bytes)
        } else {
            var names: [String] = []
            for field in fields {
                let range = field.start..<field.end
                guard bytes.extracting(range).validText != nil else {
                    let location = record.location(of: field.place, in: bytes)
                    throw TableError(location: location, problem: .binary(what: "a name in the header is not UTF-8"))
                }
                names.append(CSVScanner.text(field, in: bytes).trimmingBlanks())
            }
            self.names = names
        }
        do throws(ColumnProblem) {
            roles = try ColumnRoles(names: names, options: options)
        } catch {
            var location = whole
            if let column = error.column { location = record.location(of: fields[column].place, in: bytes) }
            throw TableError(location: location, column: error.name, problem: error.problem)
        }
    }

    /// The name of the column of this role.
    func name(of role: ColumnRole) -> String? { roles.roles.firstIndex(of: role).map { names[$0] } }

    /// The separator that a first line uses: the first of comma, tab and semicolon that occurs in it, else the comma.
    static func delimiter(of line: Span<UInt8>) -> UInt8 {
        let known = [UInt8(ascii: ","), UInt8(ascii: "\t"), UInt8(ascii: ";")]
        return known.first { line.firstIndex(of: $0) != nil } ?? known[0]
    }

    /// Whether the fields are a row: one number at least, and besides numbers only missing values and a leading time.
    private static func isRow(_ fields: [CSVField], in bytes: Span<UInt8>) -> Bool {
        var hasNumber = false
        for (index, field) in fields.enumerated() {
            let content = bytes.extracting(field.start..<field.end)
            switch DecimalNumber.read(content) {
            case .number: hasNumber = true
            case .missing: continue
            case .notFinite: return false
            case .malformed:
                guard index == 0, fields.count > 1, Timestamp(iso8601: content.text) != nil else { return false }
            }
        }
        return hasNumber
    }

    /// `c0`, `c1`…; `value` for one alone; `timestamp` for a leading time that can be nothing else.
    private static func madeUpNames(_ fields: [CSVField], in bytes: Span<UInt8>) -> [String] {
        let isTime = DecimalNumber.read(bytes.extracting(fields[0].start..<fields[0].end)) == .malformed
        let valueCount = fields.count - (isTime ? 1 : 0)
        let values = valueCount == 1 ? [ColumnName.value] : (0..<valueCount).map { "c\($0)" }
        return (isTime ? ["timestamp"] : []) + values
    }
}

extension String {
    /// Without blanks and tabs at both ends.
    fileprivate func trimmingBlanks() -> String {
        let isBlank = { (character: Character) in character == " " || character == "\t" }
        guard let first = firstIndex(where: { !isBlank($0) }), let last = lastIndex(where: { !isBlank($0) }) else {
            return ""
        }
        return String(self[first...last])
    }
}
