import AuspexSignals

/// The frame of a snapshot: four letters, the format's version, what it is of, the state, and a hash of all of these
/// that tells a damaged snapshot from a whole one.
enum SnapshotEnvelope {
    /// What a snapshot is of.
    enum Kind: UInt8 {
        case miner = 1
        case detector = 2
        case stream = 3
        case templateRate = 4
        case session = 5
        case parameter = 6
        case severityShift = 7
        case sessionTracker = 8
        case timeWindows = 9
    }

    /// Counts the changes of the format; a snapshot of another version is refused.
    static let version: UInt8 = 3

    private static let letters: [UInt8] = Array("AXLG".utf8)
    private static let headerBytes = 6
    private static let hashBytes = 8

    static func seal(_ kind: Kind, _ write: (inout StateWriter) -> Void) -> [UInt8] {
        var state = StateWriter()
        write(&state)
        var bytes = letters + [version, kind.rawValue] + state.bytes
        var tail = StateWriter()
        tail.write(fixed: hash(bytes[...]))
        bytes += tail.bytes
        return bytes
    }

    /// A reader of the state, once the frame is found whole.
    static func open(_ bytes: [UInt8], _ kind: Kind) throws(LogSnapshotError) -> StateReader {
        guard bytes.count >= headerBytes + hashBytes, Array(bytes[..<4]) == letters else {
            throw LogSnapshotError(offset: 0, reason: "not a log snapshot")
        }
        guard bytes[4] == version else {
            throw LogSnapshotError(offset: 4, reason: "format version \(bytes[4]); this program reads \(version)")
        }
        guard bytes[5] == kind.rawValue else {
            throw LogSnapshotError(offset: 5, reason: "a snapshot of kind \(bytes[5]); expected \(kind.rawValue)")
        }
        let end = bytes.count - hashBytes
        var tail = StateReader(bytes, in: end..<bytes.count)
        guard try tail.fixed() == hash(bytes[..<end]) else {
            throw LogSnapshotError(offset: end, reason: "damaged: the hash does not fit")
        }
        return StateReader(bytes, in: headerBytes..<end)
    }

    /// Gives `body` a reader of the state, once the frame is found whole.
    ///
    /// - Throws: ``LogSnapshotError`` also when `body` leaves something over.
    static func open<State>(
        _ bytes: [UInt8], _ kind: Kind, _ body: (inout StateReader) throws(LogSnapshotError) -> State
    ) throws(LogSnapshotError) -> State {
        var reader = try open(bytes, kind)
        let state = try body(&reader)
        guard reader.isAtEnd else { throw reader.error("there is more than the state") }
        return state
    }

    private static func hash(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        var hash = StableHash()
        hash.combine(bytes)
        return hash.value
    }
}
