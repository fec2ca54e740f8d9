import AuspexSignals

/// The lines that have no template because the stream has no end of them: text that people write, dumps, noise.
///
/// When for each four templates that are made more than one is driven out that had a single line and a short life, making
/// more of them would only drive out those that are of use. From then on a template is made for a pattern at its second line, if that
/// comes soon; the first counts here. It ends when fewer than a quarter of the lines are of this kind. Memory: 8 bytes a
/// remembered pattern, ``rememberedPatterns`` of them.
struct FreeText: Sendable, Equatable {
    /// Of how many new templates, and then of how many lines, a quarter decides.
    static let window = 1_000
    static let tolerated = window / 4
    static let rememberedPatterns = 4_096
    /// A life is short when it is no more lines than this many times as many as there may be templates.
    static let shortLife = 4

    private(set) var isActive = false
    /// New templates, or lines once it is active, in the window.
    private(set) var seen = 0
    /// Templates that were driven out meanwhile after a short life of one line, or lines without a template.
    private(set) var useless = 0
    /// Patterns seen once lately, each in the place that its hash gives it.
    private(set) var patterns: [UInt64] = []

    // What is told of the lines, as of those of a template.
    var count: UInt64 = 0
    var firstLine: UInt64 = 0
    var lastLine: UInt64 = 0
    var firstTime: Timestamp?
    var lastTime: Timestamp?
    var example: [UInt8] = []

    /// Notes that a template was made.
    mutating func noteTemplate() {
        guard !isActive else { return }
        seen += 1
        endWindow { $0 > Self.tolerated }
    }

    /// Notes that templates were driven out that had one line.
    mutating func noteEvicted(_ count: Int) {
        if !isActive { useless += count }
    }

    /// Notes that a line came while it is active.
    mutating func noteLine(isText: Bool) {
        seen += 1
        if isText { useless += 1 }
        endWindow { $0 >= Self.tolerated }
    }

    private mutating func endWindow(_ isActive: (Int) -> Bool) {
        guard seen >= Self.window else { return }
        self.isActive = isActive(useless)
        seen = 0
        useless = 0
        if !self.isActive { patterns = [] }
    }

    /// Whether the pattern was seen lately; it has been from now on.
    mutating func isReturning(_ key: UInt64) -> Bool {
        if patterns.isEmpty { patterns = Array(repeating: 0, count: Self.rememberedPatterns) }
        let place = Int(key % UInt64(Self.rememberedPatterns))
        defer { patterns[place] = key }
        return patterns[place] == key
    }

    /// What is known of the lines, in the form of a template.
    var template: LogTemplate {
        LogTemplate(
            id: .freeText, version: 1, text: Self.text, count: count, firstLine: firstLine, lastLine: lastLine,
            firstTime: firstTime, lastTime: lastTime, example: String(decoding: example, as: UTF8.self),
            isOpenEnded: true)
    }

    static let text = "<*>"
}

extension FreeText {
    func write(to writer: inout StateWriter) {
        writer.write(isActive)
        writer.write(seen)
        writer.write(useless)
        writer.write(patterns) { $0.write(fixed: $1) }
        for number in [count, firstLine, lastLine] { writer.write(number) }
        writer.write(firstTime)
        writer.write(lastTime)
        writer.write(example)
    }

    init(reading reader: inout StateReader) throws(LogSnapshotError) {
        isActive = try reader.flag()
        seen = try reader.int(in: 0...Self.window, "lines in a window")
        useless = try reader.int(in: 0...Int.max, "lines without a template")
        patterns = try reader.list { reader throws(LogSnapshotError) in try reader.fixed() }
        guard patterns.isEmpty || patterns.count == Self.rememberedPatterns else {
            throw reader.error("\(patterns.count) remembered patterns")
        }
        count = try reader.unsigned()
        firstLine = try reader.unsigned()
        lastLine = try reader.unsigned()
        firstTime = try reader.time()
        lastTime = try reader.time()
        example = try reader.content()
    }
}
