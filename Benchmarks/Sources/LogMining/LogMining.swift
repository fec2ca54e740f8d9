import Auspex
import Foundation

/// How fast templates are mined from public logs, and what a stream without any kinds costs.
///
///     LogMining [--repeats 5] [--nonsense 1000000]
///
/// Writes a line of JSON for each measurement: lines a second of one thread's processor time, the median of `--repeats` fresh
/// miners after one that is thrown away. `mixed` are ten systems of Loghub, 2,000 messages each, a line of each in turn; `hdfs`
/// are the messages of 20,000 lines, without the five fields of their headers. `warm` is a second pass over the same lines.
/// `nonsense` are lines of random words, no two alike, with seed 1: what they added to the memory of the process after every tenth
/// of them. The logs lie in the folder that AUSPEX_TEST_DATA names, else in ../shared/data beside the repository.
@main
struct LogMining {
    var repeats = 5
    var nonsense = 1_000_000

    static func main() throws {
        var run = LogMining()
        var arguments = CommandLine.arguments.dropFirst()
        while let argument = arguments.popFirst() {
            switch argument {
            case "--repeats": run.repeats = try number(&arguments, argument)
            case "--nonsense": run.nonsense = try number(&arguments, argument)
            default: throw Misuse(description: "\(argument): there is no such option")
            }
        }
        try run.measureNonsense()
        do {
            let data = PublicLogs()
            let (mixed, hdfs) = (try data.mixed(), try data.hdfs())
            for (name, lines) in [("mixed", mixed), ("hdfs", hdfs)] {
                for readsParameters in [false, true] { try run.measure(name, lines, readsParameters) }
            }
        } catch let error as PublicLogs.Missing {
            FileHandle.standardError.write(Data("\(error)\n".utf8))
        }
    }

    private struct Misuse: Error, CustomStringConvertible {
        var description: String
    }

    private static func number(_ arguments: inout ArraySlice<String>, _ option: String) throws -> Int {
        guard let text = arguments.popFirst(), let number = Int(text), number > 0 else {
            throw Misuse(description: "\(option) wants a whole number over 0")
        }
        return number
    }

    // MARK: Speed

    private struct Speed: Encodable {
        var stream: String
        var parameters: Bool
        var lines: Int
        var bytes: Int
        var templates: Int
        var linesPerSecond: Int
        var warmLinesPerSecond: Int
    }

    private func measure(_ name: String, _ lines: MessageList, _ readsParameters: Bool) throws {
        var (cold, warm): ([Double], [Double]) = ([], [])
        var templates = 0
        for turn in 0...repeats {
            var miner = TemplateMiner()
            let first = Self.seconds { Self.mine(lines, readsParameters, &miner) }
            let second = Self.seconds { Self.mine(lines, readsParameters, &miner) }
            templates = miner.templateCount
            if turn > 0 { (cold, warm) = (cold + [first], warm + [second]) }
        }
        let rate = { (seconds: [Double]) in Int(Double(lines.ranges.count) / seconds.sorted()[seconds.count / 2]) }
        try Self.write(
            Speed(
                stream: name, parameters: readsParameters, lines: lines.ranges.count, bytes: lines.bytes.count,
                templates: templates, linesPerSecond: rate(cold), warmLinesPerSecond: rate(warm)))
    }

    private static func mine(_ lines: MessageList, _ readsParameters: Bool, _ miner: inout TemplateMiner) {
        let bytes = lines.bytes.span
        if readsParameters {
            var parameters: [Range<Int>] = []
            for range in lines.ranges { _ = miner.add(bytes.extracting(range), parameters: &parameters) }
        } else {
            for range in lines.ranges { _ = miner.add(bytes.extracting(range)) }
        }
    }

    // MARK: Memory

    private struct Memory: Encodable {
        var stream = "nonsense"
        var lines: Int
        var residentBytes: Int
        var templates: Int
        var freeTextLines: UInt64
        /// In the lines since the step before; what it takes to make them up is not counted.
        var linesPerSecond: Int
    }

    private func measureNonsense() throws {
        var generator = NonsenseLines(seed: 1)
        var miner = TemplateMiner()
        let step = max(1, nonsense / 10)
        let before = Self.residentBytes()
        for number in 1...10 {
            var seconds = 0.0
            // Made up in small portions, so that the lines themselves take no memory worth mentioning.
            for portion in stride(from: 0, to: step, by: 1_000) {
                let lines = generator.next(min(1_000, step - portion))
                seconds += Self.seconds { Self.mine(lines, false, &miner) }
            }
            try Self.write(
                Memory(
                    lines: number * step, residentBytes: Self.residentBytes() - before, templates: miner.templateCount,
                    freeTextLines: miner.freeTextLines, linesPerSecond: Int(Double(step) / seconds)))
        }
    }

    // MARK: Measuring

    private static func write(_ result: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        FileHandle.standardOutput.write(try encoder.encode(result) + Data("\n".utf8))
    }

    /// Processor seconds of this thread.
    private static func seconds(_ body: () -> Void) -> Double {
        func now() -> Double {
            var time = timespec()
            clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
            return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
        }
        let start = now()
        body()
        return now() - start
    }

    /// What of this process lies in memory.
    private static func residentBytes() -> Int {
        let pages = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?.split(separator: " ")
        return (pages?.dropFirst().first.flatMap { Int($0) } ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE)))
    }
}
