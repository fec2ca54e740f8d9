public import AuspexSignals

/// Lines that belong together, once they are all there: those with one id, or those of a stretch of time.
public struct LogSession: Hashable, Sendable {
    /// Which lines: their common id, or the beginning of the stretch of time.
    public var id: String
    /// The earliest line's time.
    public var start: Timestamp
    /// The latest line's time.
    public var end: Timestamp
    /// The lines of each template.
    public var counts: CountVector
    /// Which template follows which, each step once, in the order in which they first came.
    public var transitions: [TemplateTransition]

    /// Creates a session.
    public init(
        id: String, start: Timestamp, end: Timestamp, counts: CountVector, transitions: [TemplateTransition] = []
    ) {
        self.id = id
        self.start = start
        self.end = end
        self.counts = counts
        self.transitions = transitions
    }

    /// Creates the session of a sequence of templates, all at one moment.
    public init(id: String, templates: [TemplateID], at time: Timestamp = Timestamp(milliseconds: 0)) {
        self.init(id: id, start: time, end: time, counts: CountVector(templates))
        var builder = TransitionList()
        for template in templates { builder.add(template) }
        transitions = builder.finished
    }
}

/// One template's line followed by another's within a session, or by its end.
public struct TemplateTransition: Hashable, Sendable {
    /// The earlier line's template; nil at the beginning of the session.
    public var from: TemplateID?
    /// The later line's template; nil at the end of the session.
    public var to: TemplateID?

    /// Creates a step.
    public init(from: TemplateID?, to: TemplateID?) {
        self.from = from
        self.to = to
    }
}

/// Collects the steps of a session.
struct TransitionList: Hashable, Sendable {
    /// Further steps of a session are left out.
    static let limit = 1_024

    private(set) var transitions: [TemplateTransition] = []
    private var seen: Set<TemplateTransition> = []
    private var last: TemplateID?

    mutating func add(_ template: TemplateID) {
        let transition = TemplateTransition(from: last, to: template)
        last = template
        guard transitions.count < Self.limit, seen.insert(transition).inserted else { return }
        transitions.append(transition)
    }

    /// The steps once the session is over.
    var finished: [TemplateTransition] {
        last.map { transitions + [TemplateTransition(from: $0, to: nil)] } ?? transitions
    }

    init() {}

    func write(to writer: inout StateWriter) {
        writer.write(transitions) { $1.write(to: &$0) }
        writer.write(last) { $0.write(fixed: $1.value) }
    }

    init(reading reader: inout StateReader) throws(LogSnapshotError) {
        transitions = try reader.list { reader throws(LogSnapshotError) in try TemplateTransition(reading: &reader) }
        seen = Set(transitions)
        guard seen.count == transitions.count, seen.count <= Self.limit else {
            throw reader.error("the steps of a session cannot be")
        }
        last = try reader.optional { reader throws(LogSnapshotError) in TemplateID(try reader.fixed()) }
    }
}

extension TemplateTransition {
    func write(to writer: inout StateWriter) {
        for template in [from, to] { writer.write(template) { $0.write(fixed: $1.value) } }
    }

    init(reading reader: inout StateReader) throws(LogSnapshotError) {
        from = try reader.optional { reader throws(LogSnapshotError) in TemplateID(try reader.fixed()) }
        to = try reader.optional { reader throws(LogSnapshotError) in TemplateID(try reader.fixed()) }
    }
}
