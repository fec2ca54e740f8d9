import AuspexSignals

/// Cuts event time into windows of equal length and gives each one's tally when it is over.
///
/// A window ends `lateness` after its end in event time; what comes for it until then counts, in whatever order. Later
/// lines are counted in ``lateLines`` and otherwise left out. When ``patience`` lines in a row are late, the clock has been
/// set back, or one line's time was far in the future: the windows start anew at the present line. Windows in which
/// nothing came are given too, unless there are more than ``mostEmpty`` of them in a row: then the stream was away, and the
/// next window says so. Windows begin at multiples of their length since 1970. O(1) per line; memory: the tallies of
/// `lateness` / `length` + 2 windows at most.
struct WindowTallies<Tally: Sendable & Equatable>: Sendable, Equatable {
    /// A window that is over.
    struct Closed {
        /// The window's beginning divided by the length.
        var number: Int64
        var tally: Tally?
        /// Whether what was before it is unknown.
        var isAfterGap: Bool
    }

    /// So many late lines in a row start the windows anew.
    static var patience: Int { 1_000 }
    /// As many windows may pass without a line before the stream counts as having been away: a day of five minutes.
    static var mostEmpty: Int64 { 288 }
    /// Times farther from 1970 than 100 million days (ECMAScript's range) are taken as that far.
    private static var farthest: Int64 { 8_640_000_000_000_000 }

    let length: TimeSpan
    let lateness: TimeSpan
    private(set) var lateLines: UInt64 = 0
    private(set) var restarts: UInt64 = 0

    private var open: [Int64: Tally] = [:]
    private var lateInARow = 0
    /// The first window that is not over.
    private var next: Int64?
    private var isAfterGap = true
    /// The moment at which the oldest open window is over.
    private var due = Int64.min

    init(length: TimeSpan, lateness: TimeSpan) {
        self.length = length
        self.lateness = lateness
    }

    /// The end of the window `number`.
    func end(of number: Int64) -> Timestamp { Timestamp(milliseconds: (number + 1) * length.milliseconds) }

    /// How far into the window `number` the moment is, 0 to 1.
    func position(of time: Timestamp, in number: Int64) -> Double {
        let offset = Self.clamped(time) - number * length.milliseconds
        return min(1, max(0, Double(offset) / Double(length.milliseconds)))
    }

    /// Adds a line to its window, made of `new` if it is the first, and returns the windows that are over now.
    mutating func add(
        at time: Timestamp, default new: @autoclosure () -> Tally, _ body: (inout Tally, _ position: Double) -> Void
    ) -> [Closed] {
        let moment = Self.clamped(time)
        var number = moment / length.milliseconds
        if number * length.milliseconds > moment { number -= 1 }
        if let next, number < next {
            lateLines += 1
            lateInARow += 1
            guard lateInARow >= Self.patience else { return [] }
            restart()
        } else {
            lateInARow = 0
        }
        let closed = moment >= due ? advance(to: time) : []
        if next == nil {
            next = number
            setDue()
        }
        // The line may lie behind a window that was just opened by a restart, but never before the next one.
        body(&open[number, default: new()], position(of: time, in: number))
        return closed
    }

    /// Ends the windows that are over at `time`; an earlier time than the latest changes nothing.
    mutating func advance(to time: Timestamp) -> [Closed] {
        let moment = Self.clamped(time)
        guard let first = next, moment >= due else { return [] }
        var end = (moment - lateness.milliseconds) / length.milliseconds
        if end * length.milliseconds > moment - lateness.milliseconds { end -= 1 }
        guard end > first else { return [] }
        var closed: [Closed] = []
        var number = first
        for known in open.keys.filter({ $0 < end }).sorted() {
            pass(from: number, to: known, &closed)
            closed.append(Closed(number: known, tally: open.removeValue(forKey: known), isAfterGap: takeGap()))
            number = known + 1
        }
        pass(from: number, to: end, &closed)
        next = end
        setDue()
        return closed
    }

    /// Lets `body` change the tallies of the windows that are not over.
    mutating func updateOpen(_ body: (inout Tally) -> Void) {
        for number in open.keys.sorted() {
            guard var tally = open[number] else { continue }
            body(&tally)
            open[number] = tally
        }
    }

    private mutating func pass(from first: Int64, to end: Int64, _ closed: inout [Closed]) {
        guard end - first <= Self.mostEmpty else {
            isAfterGap = true
            return
        }
        for number in first..<max(first, end) {
            closed.append(Closed(number: number, tally: nil, isAfterGap: takeGap()))
        }
    }

    private mutating func takeGap() -> Bool {
        defer { isAfterGap = false }
        return isAfterGap
    }

    private mutating func restart() {
        restarts += 1
        open = [:]
        next = nil
        due = Int64.min
        lateInARow = 0
        isAfterGap = true
    }

    private mutating func setDue() {
        due = next.map { ($0 + 1) * length.milliseconds + lateness.milliseconds } ?? Int64.min
    }

    private static func clamped(_ time: Timestamp) -> Int64 { min(max(time.milliseconds, -farthest), farthest) }
}

extension WindowTallies {
    func write(to writer: inout StateWriter, _ each: (inout StateWriter, Tally) -> Void) {
        writer.write(lateLines)
        writer.write(restarts)
        writer.write(lateInARow)
        writer.write(next) { $0.write($1) }
        writer.write(isAfterGap)
        writer.write(open.count)
        for (number, tally) in open.sorted(by: { $0.key < $1.key }) {
            writer.write(number)
            each(&writer, tally)
        }
    }

    init(
        reading reader: inout StateReader, length: TimeSpan, lateness: TimeSpan,
        _ each: (inout StateReader) throws(LogSnapshotError) -> Tally
    ) throws(LogSnapshotError) {
        self.init(length: length, lateness: lateness)
        lateLines = try reader.unsigned()
        restarts = try reader.unsigned()
        lateInARow = try reader.int(in: 0...Self.patience, "late lines in a row")
        next = try reader.optional { reader throws(LogSnapshotError) in try reader.signed() }
        isAfterGap = try reader.flag()
        let numbers = -Self.farthest / length.milliseconds - 1...Self.farthest / length.milliseconds + 1
        guard next.map(numbers.contains) ?? true else { throw reader.error("the windows cannot be") }
        let count = try reader.int(in: 0...Int(lateness.milliseconds / length.milliseconds) + 2, "open windows")
        for _ in 0..<count {
            let number = try reader.signed()
            guard numbers.contains(number), next.map({ number >= $0 }) ?? false else {
                throw reader.error("a window is open that cannot be")
            }
            open[number] = try each(&reader)
        }
        setDue()
    }
}
