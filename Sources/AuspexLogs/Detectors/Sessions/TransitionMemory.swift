/// Which steps from one template to the next sessions have taken, and in how many sessions.
///
/// New steps explain why a session is unusual. By themselves they are a poor reason for an alert: they need far more
/// training than counts (on a tenth of HDFS, three of four normal sessions have one). Of too many steps the one that was not taken for longest is forgotten.
public struct TransitionMemory: Equatable, Sendable {
    /// Steps that are kept.
    public static let capacity = 16_384

    private var sessions: RecencyTable<TemplateTransition, UInt32> = RecencyTable(capacity: capacity)

    /// Creates a memory that has seen nothing.
    public init() {}

    /// Steps that are known.
    public var count: Int { sessions.count }

    /// Learns the steps of a session.
    public mutating func learn(_ transitions: [TemplateTransition]) {
        for transition in transitions {
            _ = sessions.touch(transition, default: 0) { $0 = $0 == .max ? .max : $0 + 1 }
        }
    }

    /// How many sessions took a step.
    public func count(of transition: TemplateTransition) -> Int { Int(sessions[transition] ?? 0) }

    /// The steps that fewer than `least` sessions took, in their order.
    public func rare(in transitions: [TemplateTransition], under least: Int = 1) -> [TemplateTransition] {
        transitions.filter { count(of: $0) < least }
    }

    func write(to writer: inout StateWriter) {
        sessions.write(to: &writer, key: { $1.write(to: &$0) }, value: { $0.write(UInt64($1)) })
    }

    init(reading reader: inout StateReader) throws(LogSnapshotError) {
        sessions = try RecencyTable(
            reading: &reader, capacities: Self.capacity...Self.capacity,
            key: { reader throws(LogSnapshotError) in try TemplateTransition(reading: &reader) },
            value: { reader throws(LogSnapshotError) in UInt32(clamping: try reader.unsigned()) })
    }
}
