import Foundation

/// Scores several inputs at once, and hands the results on in the order of the inputs.
///
/// ```swift
/// var batch = ScoringBatch(runs: ["a.csv", "b.csv"].map { ScoringRun(path: $0) })
/// batch.parallelism = 4
/// try await batch.run { index, scored in
///     if case .whole(let result) = try scored.get() { try result.write(.csv) { print($0, terminator: "") } }
/// }
/// ```
///
/// What is handed on is what one run after the other gives. An input that cannot be scored does not stop the others.
public struct ScoringBatch: Sendable {
    /// What came of an input.
    public enum Scored: Sendable {
        /// All its rows.
        case whole(ScoringResult)
        /// What it takes to write its rows one after the other; see ``ScoringRun/stream(from:)``.
        case streamed(StreamedScoring)
    }

    /// The inputs. Their own ``ScoringRun/memory`` and ``ScoringRun/parallelism`` give way to those here.
    public var runs: [ScoringRun]
    /// How many computations run at once, each on one core; inputs and series alike.
    public var parallelism = ProcessInfo.processInfo.activeProcessorCount
    /// How much memory the tables may take together. One that takes more by itself is refused before it is read; others
    /// wait for each other.
    public var memory = MemoryAllowance.ofMachine
    /// Whether all rows are needed, however large the files are.
    public var needsWholeTables = false
    /// Files from this many bytes of text on are scored row by row where that can be.
    var streamedBytes = ScoringRun.streamedBytes

    /// So many inputs for each lane are begun before the first of them is handed on.
    private static let begunPerLane = 2

    /// Creates a batch.
    public init(runs: [ScoringRun]) {
        self.runs = runs
    }

    /// Scores the inputs.
    ///
    /// - Parameter take: is called with the number of each input and its result or error, in the order of the inputs. What it
    ///   throws ends the batch.
    /// - Throws: what `take` throws, and `CancellationError`.
    public func run(_ take: (Int, Result<Scored, any Error>) async throws -> Void) async throws {
        let lanes = WorkerLanes(count: parallelism)
        // Lanes of its own, so that looking at the next input never waits behind the work on others.
        let looks = WorkerLanes(count: 1)
        let runs = runs.map { run in
            var run = run
            run.memory = memory
            return run
        }
        try await withThrowingTaskGroup(of: (Int, Result<Scored, any Error>).self) { group in
            var ledger = MemoryLedger(allowed: memory.bytes)
            var finished: [Int: Result<Scored, any Error>] = [:]
            var looked: Look?
            /// The input that is no file and is being read. There may be only one: two that are the same, such as standard
            /// input, would share the bytes by chance.
            var pipe: Int?
            var (next, taken) = (0, 0)
            while taken < runs.count {
                try Task.checkCancellation()
                while next < runs.count, next - taken < Self.begunPerLane * max(1, parallelism) {
                    let run = runs[next]
                    let look: Look
                    if let looked { look = looked } else { look = await looks.run { Look(run) } }
                    looked = look
                    guard look.isFile || pipe == nil, ledger.reserve(bytes(look.table), for: next) else { break }
                    if !look.isFile { pipe = next }
                    looked = nil
                    let number = next
                    group.addTask { (number, await score(run, on: lanes, expecting: look.table)) }
                    next += 1
                }
                if let result = finished.removeValue(forKey: taken) {
                    try await take(taken, result)
                    ledger.release(taken)
                    taken += 1
                    continue
                }
                guard let (number, result) = try await group.next() else { break }
                finished[number] = result
                if pipe == number { pipe = nil }
                switch result {
                case .success(.whole): break
                case .success(.streamed(let streamed)): ledger.keep(streamed.scoreBytes, of: number)
                case .failure: ledger.keep(0, of: number)
                }
            }
        }
    }

    /// What is known of an input before it is read.
    private struct Look: Sendable {
        var isFile: Bool
        var table: TableEstimate?

        init(_ run: ScoringRun) {
            isFile = run.path != "-" && TableEstimate.textBytes(run.path) != nil
            table = isFile ? run.expectedTable() : nil
        }
    }

    /// What is set aside for an input: its whole table, for a streaming detector may need it after all; or, where that is
    /// never allowed, what there is without it.
    private func bytes(_ table: TableEstimate?) -> Int {
        guard let table else { return 0 }
        return table.tableBytes <= memory.bytes ? table.tableBytes : table.streamBytes
    }

    private func score(
        _ run: ScoringRun, on lanes: WorkerLanes, expecting table: TableEstimate?
    ) async -> Result<Scored, any Error> {
        do {
            if !needsWholeTables,
                let streamed = try await run.stream(from: streamedBytes, on: lanes, expecting: table)
            {
                return .success(.streamed(streamed))
            }
            return .success(.whole(try await run.run(on: lanes, expecting: table)))
        } catch {
            return .failure(error)
        }
    }
}
