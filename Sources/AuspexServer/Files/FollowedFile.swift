import AuspexEngine
import AuspexSignals
import AuspexWire

/// A file that is read as it grows.
struct FollowedFile {
    /// What one look at the file brought.
    struct Look {
        var logs: DecodedLogs
        /// How many bytes were read.
        var bytes = 0
        /// How many zero bytes were among them.
        var zeros = 0
        /// Whether the file was cut off or written anew.
        var isTruncated = false
        /// Whether the file has turned out to be no text.
        var isSkipped = false
        /// Why the file could not be read; what there is of the look counts all the same.
        var failure: String?
    }

    /// A file is read in parts of so many bytes.
    static let partBytes = 64 << 10
    /// A line without an end is taken when nothing more has come for so long.
    static let idleTime = TimeSpan.seconds(5)
    /// A file that is not where it was is left when nothing more has come for so long: its writer may not have noticed yet.
    static let lingerTime = TimeSpan.seconds(30)
    /// So many of the first bytes tell a file from another.
    private static let fingerprintBytes = 256

    private let file: any ReadableFile
    private let entry: EngineConfiguration.Files
    private let limits: LogLimits
    /// Where the file is, or was last.
    var path: String
    /// Whether it is no longer where the configuration looks.
    var isAway = false
    private var position: Int64
    private var fingerprint: (length: Int, value: UInt64)
    private var decoder: FileDecoder?
    private var isText = true
    /// Whether the last look failed.
    private var isUnreadable = false
    private var grownAt: Timestamp

    var identity: FileIdentity { file.identity }

    /// Goes on from `position`.
    init(
        _ file: any ReadableFile, path: String, entry: EngineConfiguration.Files, position: Int64, now: Timestamp,
        limits: LogLimits
    ) throws(FileOnDisk.Unreadable) {
        self.file = file
        self.path = path
        self.entry = entry
        self.position = position
        self.limits = limits
        grownAt = now
        fingerprint = (0, try file.fingerprint(of: 0))
        try takeFingerprint()
    }

    /// How far the file has been read.
    var mark: FileMark {
        FileMark(
            path: path, identity: identity, position: decoder?.safePosition ?? position,
            fingerprintLength: fingerprint.length, fingerprint: fingerprint.value)
    }

    /// Whether the file has gone and has been read to its end.
    func isDone(now: Timestamp) -> Bool {
        guard hasLingered(now), !isUnreadable else { return false }
        return !isText || (decoder?.hasRest != true && (try? file.size()).map { position >= $0 } == true)
    }

    /// Whether the file has gone and cannot be read any more; it may come back.
    func isLost(now: Timestamp) -> Bool { hasLingered(now) && isUnreadable }

    private func hasLingered(_ now: Timestamp) -> Bool { isAway && now - grownAt >= Self.lingerTime }

    /// Reads the next part of the file.
    mutating func look(now: Timestamp) -> Look {
        var look = Look(logs: DecodedLogs(limits: limits))
        do throws(FileOnDisk.Unreadable) {
            try read(now, &look)
            isUnreadable = false
        } catch {
            // The file may be as it was: the next look goes on from here.
            isUnreadable = true
            look.failure = error.reason
        }
        return look
    }

    private mutating func read(_ now: Timestamp, _ look: inout Look) throws(FileOnDisk.Unreadable) {
        let size = try file.size()
        // Also at the same size: a file that was cut off may have grown to it again.
        var isOther = size < position
        if !isOther { isOther = try file.fingerprint(of: fingerprint.length) != fingerprint.value }
        if isOther { try beginAnew(&look, now) }
        guard isText, size > position || decoder?.hasRest == true || (decoder == nil && size > 0) else { return }
        let isIdle = now - grownAt >= Self.idleTime
        guard try prepare(&look, isWhole: isIdle) else { return }
        let zeros = decoder?.zeros ?? 0
        let bytes = try file.read(at: position, count: Self.partBytes)
        if bytes.isEmpty {
            if isIdle || hasLingered(now) { decoder?.finish(received: now, into: &look.logs) }
        } else {
            position += Int64(bytes.count)
            grownAt = now
            decoder?.append(bytes, received: now, into: &look.logs)
            look.bytes = bytes.count
            look.zeros = (decoder?.zeros ?? 0) - zeros
            try takeFingerprint()
        }
    }

    /// The file has been cut off or written anew: what waits has no end any more, and reading begins again.
    private mutating func beginAnew(_ look: inout Look, _ now: Timestamp) throws(FileOnDisk.Unreadable) {
        let nothing = try file.fingerprint(of: 0)
        decoder?.finish(received: now, into: &look.logs)
        look.isTruncated = true
        position = 0
        decoder = nil
        isText = true
        fingerprint = (0, nothing)
    }

    /// Finds out how the file is written.
    ///
    /// - Returns: whether it can be read.
    private mutating func prepare(_ look: inout Look, isWhole: Bool) throws(FileOnDisk.Unreadable) -> Bool {
        guard decoder == nil else { return true }
        let head = try file.read(at: 0, count: FileHead.size)
        guard !head.isEmpty else { return false }
        let needsText = entry.format != .journald
        if needsText, !FileHead.isText(head) {
            isText = false
            look.isSkipped = true
            return false
        }
        let isKnown = entry.format != .auto
        guard let format = isKnown ? entry.format : FileHead.format(head, isWhole: isWhole) else { return false }
        decoder = FileDecoder(
            format, isMultiline: entry.isMultiline, position: position,
            base: FileAttributes.base(path: path, added: entry.attributes, limits: limits), limits: limits)
        return true
    }

    private mutating func takeFingerprint() throws(FileOnDisk.Unreadable) {
        guard fingerprint.length < Self.fingerprintBytes, position > Int64(fingerprint.length) else { return }
        let length = Int(min(position, Int64(Self.fingerprintBytes)))
        fingerprint = (length, try file.fingerprint(of: length))
    }
}
