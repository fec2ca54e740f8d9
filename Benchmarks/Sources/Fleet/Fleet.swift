import Auspex
import Foundation

/// How fast a fleet of series is watched: every series of it gets a sample, then the next one, as samples come from a scrape.
///
///     Fleet [--series 100000] [--rounds 20] [--warm-up 300] [DETECTOR …]
///
/// Writes a line of JSON for each detector: samples a second of one thread's processor time, memory a series, and how long
/// snapshots of all series and going on from them take. Series: a day of 288 samples with uniform noise, seed 1.
@main
struct Fleet {
    var series = 100_000
    var rounds = 20
    var warmUp = 300
    var detectors: [String] = []

    static func main() throws {
        var fleet = Fleet()
        var arguments = CommandLine.arguments.dropFirst()
        while let argument = arguments.popFirst() {
            switch argument {
            case "--series": fleet.series = try number(&arguments, argument)
            case "--rounds": fleet.rounds = try number(&arguments, argument)
            case "--warm-up": fleet.warmUp = try number(&arguments, argument)
            default: fleet.detectors.append(argument)
            }
        }
        if fleet.detectors.isEmpty { fleet.detectors = ["auto:profile=light", "auto"] }
        for detector in fleet.detectors { try fleet.measure(detector) }
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

    private struct Result: Encodable {
        var detector: String
        var series: Int
        var samplesPerSecond: Int
        var bytesPerSeries: Int
        var snapshotSeconds: Double
        var restoreSeconds: Double
        var isRestoredEqual: Bool
    }

    private func measure(_ detector: String) throws {
        var noise = Noise(state: 1)
        let before = Self.residentBytes()
        var streams = try (0..<series).map { _ in try CalibratedStream(detector) }
        for round in 0..<warmUp { update(&streams, round, &noise) }
        let memory = Self.residentBytes() - before
        let seconds = Self.seconds {
            for round in warmUp..<warmUp + rounds { update(&streams, round, &noise) }
        }
        var bytes = 0
        let snapshot = Self.seconds {
            // Handed on one by one, as to a store.
            for stream in streams { bytes += stream.snapshot().count }
        }
        let sample = streams.prefix(max(1, series / 10)).map { $0.snapshot() }
        var restored: [CalibratedStream] = []
        let restore = try Self.seconds { restored = try sample.map { try CalibratedStream(restoring: $0) } }
        let time = Timestamp(milliseconds: Int64(warmUp + rounds) * 10_000)
        let isEqual = restored.indices.allSatisfy {
            restored[$0].update(time: time, value: 11) == streams[$0].update(time: time, value: 11)
        }
        let result = Result(
            detector: detector, series: series, samplesPerSecond: Int(Double(series * rounds) / seconds),
            bytesPerSeries: memory / series, snapshotSeconds: snapshot,
            restoreSeconds: restore * Double(series) / Double(sample.count), isRestoredEqual: isEqual)
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        FileHandle.standardOutput.write(try encoder.encode(result) + Data("\n".utf8))
    }

    private func update(_ streams: inout [CalibratedStream], _ round: Int, _ noise: inout Noise) {
        let phase = Double(round % 288) / 288
        let base = 10 + 4 * (phase < 0.5 ? phase : 1 - phase)
        let time = Timestamp(milliseconds: Int64(round) * 10_000)
        for index in streams.indices { _ = streams[index].update(time: time, value: base + noise.next()) }
    }

    /// Processor seconds of this thread.
    private static func seconds(_ body: () throws -> Void) rethrows -> Double {
        func now() -> Double {
            var time = timespec()
            clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
            return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
        }
        let start = now()
        try body()
        return now() - start
    }

    /// What of this process lies in memory.
    private static func residentBytes() -> Int {
        let pages = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?.split(separator: " ")
        return (pages?.dropFirst().first.flatMap { Int($0) } ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE)))
    }
}

/// Uniform numbers around 0 from a linear congruential generator (Knuth's MMIX constants).
private struct Noise {
    var state: UInt64

    mutating func next() -> Double {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Double(state >> 11) / Double(1 << 53) - 0.5
    }
}
