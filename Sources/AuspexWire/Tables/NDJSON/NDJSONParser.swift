import AuspexSignals

/// Reads NDJSON: one object a line, flat or with the labels of its series.
struct NDJSONParser: TableParser {
    private let file: String
    private let options: TableOptions
    private var members: NDJSONMembers?
    private var builder: TableBuilder
    private var times: TimeColumn
    private var seriesTexts = ByteInterner()
    /// The series of each text in ``seriesTexts``, and of the labels that it stands for.
    private var seriesOfText: [Int] = []
    private var seriesOfLabels: [Labels: Int] = [:]
    private var line = 1
    private var isDiscarding = false
    private var values: [Double] = []

    init(file: String, options: TableOptions) {
        self.file = file
        self.options = options
        builder = TableBuilder(file: file, options: options)
        times = TimeColumn(unit: options.timeUnit)
    }

    mutating func consume(_ bytes: Span<UInt8>, isLast: Bool) throws(TableError) -> Int {
        var position = 0
        while position < bytes.count {
            let lineFeed = bytes.firstIndex(of: UInt8(ascii: "\n"), from: position)
            let end = lineFeed ?? bytes.count
            let isTooLong = end - position > options.limits.lineBytes
            if lineFeed == nil, !isLast, !isTooLong, !isDiscarding { return position }
            if isTooLong, !isDiscarding {
                let location = SourceLocation(file: file, line: line, column: 1)
                try builder.reject(
                    TableError(location: location, problem: .lineTooLong(limit: options.limits.lineBytes)))
                isDiscarding = true
            } else if !isDiscarding {
                try readLine(bytes.extracting(position..<end))
            }
            guard lineFeed != nil else { return bytes.count }
            isDiscarding = false
            line += 1
            position = end + 1
        }
        return position
    }

    var gatheredRows: Int { builder.gatheredRows }

    mutating func takePart() -> TabularInput { builder.takePart(timeFormat: times.format) }

    mutating func finish() throws(TableError) -> TabularInput {
        if let name = members?.unseenValue {
            let problem = TableError.Problem.unknownColumn(option: "--value-column", known: members?.names ?? [])
            throw TableError(location: SourceLocation(file: file), column: name, problem: problem)
        }
        for name in members?.ignoredLabels ?? [] { builder.leaveOut(labels: name) }
        let table = try builder.finish(timeFormat: times.format)
        guard builder.valueCount > 0 else {
            throw TableError(location: SourceLocation(file: file), problem: .noValueColumn)
        }
        return table
    }

    private mutating func readLine(_ bytes: Span<UInt8>) throws(TableError) {
        let content = bytes.trimmedRange
        if content.isEmpty || content.count == 1 && bytes[content.lowerBound] == 0x0d { return }
        let place = TextPlace(file: file, line: line, start: 0)
        do throws(MemberProblem) {
            if members == nil { try begin(bytes) }
            try readRow(bytes)
        } catch {
            let column = error.place.map { place.location(of: $0, in: bytes).column } ?? nil
            let location = SourceLocation(file: file, line: line, column: column)
            let described = TableError(location: location, column: error.name, problem: error.problem)
            // A wrong option stays wrong on every line.
            if case .tooMany = error.problem { throw described }
            if case .unknownColumn = error.problem { throw described }
            try builder.reject(described)
            // Until a row is accepted, each is the first.
            if builder.isEmpty { members = nil } else { members?.refuseRow() }
        }
    }

    /// Learns from the first object which members there are.
    private mutating func begin(_ bytes: Span<UInt8>) throws(MemberProblem) {
        let found = try NDJSONMembers(bytes, options: options)
        builder = TableBuilder(
            file: file, options: options, valueNames: found.valueNames, timeColumn: found.name(of: .time),
            labelColumn: found.name(of: .label), rejected: builder.table.rejected)
        if !found.isRecording, !found.has(.series) { builder.addOnlySeries() }
        members = found
    }

    private mutating func readRow(_ bytes: Span<UInt8>) throws(MemberProblem) {
        // Taken out and put back, so that changing it does not copy it.
        guard var members = members.take() else { return }
        defer { self.members = members }
        values.removeAll(keepingCapacity: true)
        values.append(contentsOf: repeatElement(.nan, count: builder.valueCount))
        // Times and series are taken over once the row is accepted.
        var times = self.times
        var time: TableBuilder.Time?
        var truth: Bool?
        var series: (token: JSONToken, member: Int, isLabels: Bool)?
        members.beginRow()
        try JSONLine.forEachMember(of: bytes) { name, token throws(MemberProblem) in
            let number = try members.number(of: name, token, in: bytes)
            if values.count < members.valueNames.count { values.append(.nan) }
            do throws(TableError.Problem) {
                switch members.role(of: number) {
                case .member(.ignored): break
                case .member(.value(let column)):
                    guard case .nested = token else {
                        values[column] = try DecimalNumber.value(bytes.extracting(token.range))
                        return
                    }
                    throw .nestedValue
                case .member(.time):
                    let moment = try times.read(bytes.extracting(token.range))
                    time = TableBuilder.Time(moment: moment, place: token.range)
                case .member(.label): truth = try Truth.read(bytes.extracting(token.range))
                case .member(.series): series = (token, number, false)
                case .labels: series = (token, number, true)
                }
            } catch {
                let name = members.names[number]
                let problem = builder.isEmpty ? error.inFirstRow(column: name) : error
                throw MemberProblem(place: token.range.lowerBound, name: name, problem: problem)
            }
        }
        if let missing = members.missing(time: time == nil, truth: truth == nil, series: series == nil) {
            throw MemberProblem(problem: missing)
        }
        var number = 0
        if let series {
            let name = members.names[series.member]
            do throws(TableError.Problem) {
                number = try seriesNumber(series.token, series.isLabels ? nil : name, bytes)
            } catch {
                throw MemberProblem(place: series.token.range.lowerBound, name: name, problem: error)
            }
        }
        do throws(TableError.Problem) {
            for name in members.valueNames[builder.valueCount...] { _ = try builder.addColumn(name) }
            try builder.append(values, to: number, time: time, truth: truth, of: bytes)
        } catch {
            throw MemberProblem(problem: error)
        }
        self.times = times
        members.acceptRow()
    }

    /// The series that a text names: the labels' object, or with `column` the value of that member.
    private mutating func seriesNumber(
        _ token: JSONToken, _ column: String?, _ bytes: Span<UInt8>
    ) throws(TableError.Problem) -> Int {
        let text = bytes.extracting(token.range)
        if let known = seriesTexts.find(text) { return seriesOfText[known] }
        let labels: Labels
        if let column {
            labels = Labels([column: try Self.seriesName(token, bytes)])
        } else {
            labels = try Self.labels(token, bytes)
        }
        let number: Int
        if let known = seriesOfLabels[labels] {
            number = known
        } else {
            number = try builder.addSeries(labels)
            seriesOfLabels[labels] = number
        }
        _ = seriesTexts.add(text)
        seriesOfText.append(number)
        return number
    }

    private static func seriesName(_ token: JSONToken, _ bytes: Span<UInt8>) throws(TableError.Problem) -> String {
        let text = bytes.extracting(token.range)
        switch token {
        case .string(let string):
            if let name = string.text(in: bytes), !name.isEmpty { return name }
        case .scalar:
            // A number or a truth value names a series as it is written.
            if !text.isWord("null") { return text.text }
        case .nested: break
        }
        throw .notASeries(text: Excerpt.quoted(text))
    }

    private static func labels(_ token: JSONToken, _ bytes: Span<UInt8>) throws(TableError.Problem) -> Labels {
        let text = bytes.extracting(token.range)
        guard case .nested = token, let object = (try? JSONValue(parsing: text.text))?.object else {
            throw .notASeries(text: Excerpt.quoted(text))
        }
        var labels: [String: String] = [:]
        for (name, value) in object {
            guard let string = value.string else { throw .notASeries(text: Excerpt.quoted(text)) }
            labels[name] = string
        }
        return Labels(labels)
    }
}
