import AuspexDetection
import AuspexSignals

/// The windows that changes have opened, by the time of events. Bounded: those long over are forgotten, and there are never
/// more than ``most``.
struct DeployWindows: Hashable, Sendable {
    /// One change's window.
    struct Window: Hashable, Sendable {
        /// The change's id.
        let change: String
        /// Where the change was made; empty when that is unknown.
        let environment: String
        let start: Timestamp
        /// The first moment after it.
        var end: Timestamp
    }

    /// How many windows there may be; the one that ends first gives way.
    static let most = 10_000
    /// For how long after its end a window is remembered: for samples that come late, and lest a late report of the same
    /// change opens it again.
    static let remembered = TimeSpan.hours(24)
    /// The labels by which a series says where it belongs.
    private static let environmentLabels = ["environment", "env"]

    private var windows: [String: [Window]] = [:]

    var isEmpty: Bool { windows.isEmpty }

    var count: Int { windows.values.reduce(0) { $0 + $1.count } }

    /// Opens the window of a change. What is reported of the same change later opens no other; when the change was over
    /// while its window was open, the window stays open for its length from then.
    mutating func open(_ change: Change, length: TimeSpan) {
        let known = windows[change.service]?.firstIndex { $0.change == change.id }
        guard let known else {
            let end = max(change.startedAt, change.endedAt ?? change.startedAt) + length
            let window = Window(
                change: change.id, environment: change.environment, start: change.startedAt, end: end)
            windows[change.service, default: []].append(window)
            if count > Self.most { removeFirst() }
            return
        }
        guard let over = change.endedAt, let end = windows[change.service]?[known].end, over < end else { return }
        windows[change.service]?[known].end = max(end, over + length)
    }

    /// Forgets windows that are long over at `moment`.
    mutating func forget(at moment: Timestamp) {
        guard !isEmpty else { return }
        windows = windows.compactMapValues { windows in
            let kept = windows.filter { $0.end + Self.remembered > moment }
            return kept.isEmpty ? nil : kept
        }
    }

    private mutating func removeFirst() {
        let all = windows.flatMap { service, windows in windows.map { (service: service, window: $0) } }
        guard let first = all.min(by: { ($0.window.end, $0.window.change) < ($1.window.end, $1.window.change) }) else {
            return
        }
        windows[first.service]?.removeAll { $0 == first.window }
        if windows[first.service]?.isEmpty == true { windows[first.service] = nil }
    }

    /// The windows that concern a series: those of the services that one of the policy's labels names, in its environment
    /// when both tell one.
    func concerning(_ labels: Labels, by policy: DeployWindowPolicy) -> [Window] {
        guard !isEmpty, policy.effect != .none else { return [] }
        let services = Set(policy.labels.compactMap { labels[$0] })
        let environments = Self.environmentLabels.compactMap { labels[$0] }
        return services.flatMap { windows[$0] ?? [] }.filter { window in
            window.environment.isEmpty || environments.isEmpty || environments.contains(window.environment)
        }
    }
}

extension [DeployWindows.Window] {
    /// When the windows that are open at `time` end, with those that follow without a gap; nil when none is open.
    func end(at time: Timestamp) -> Timestamp? {
        var end: Timestamp?
        while let later = filter({ $0.start <= end ?? time && (end ?? time) < $0.end }).map(\.end).max() { end = later }
        return end
    }

    /// Whether a window has ended after `last` and not after `time`.
    func hasEnd(after last: Timestamp, through time: Timestamp) -> Bool {
        contains { last < $0.end && $0.end <= time }
    }
}

extension DeployWindows {
    private static let snapshotKind = "deploy-windows"
    private static let snapshotVersion = 1

    /// The windows as bytes with a format version.
    func snapshot() -> [UInt8] {
        var writer = SnapshotWriter(kind: Self.snapshotKind, version: Self.snapshotVersion)
        writer.write(windows.count)
        for (service, windows) in windows.sorted(by: { $0.key < $1.key }) {
            writer.write(service)
            writer.write(windows.count)
            for window in windows {
                writer.write(window.change)
                writer.write(window.environment)
                writer.write(Int(window.start.milliseconds))
                writer.write(Int(window.end.milliseconds))
            }
        }
        return writer.finished()
    }

    /// Continues from bytes.
    init(restoring bytes: [UInt8]) throws(DetectorError) {
        var reader = try SnapshotReader(bytes, kind: Self.snapshotKind, version: Self.snapshotVersion)
        for _ in 0..<(try reader.readInteger(in: 0...Self.most)) {
            let service = try reader.readString()
            for _ in 0..<(try reader.readInteger(in: 1...Self.most)) {
                let window = Window(
                    change: try reader.readString(), environment: try reader.readString(),
                    start: Timestamp(milliseconds: Int64(try reader.readInteger())),
                    end: Timestamp(milliseconds: Int64(try reader.readInteger())))
                windows[service, default: []].append(window)
            }
        }
        try reader.finish()
    }
}
