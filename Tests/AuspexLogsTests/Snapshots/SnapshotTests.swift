import AuspexSignals
import AuspexTesting
import Testing

@testable import AuspexLogs

@Suite struct SnapshotTests {
    static let tight = TemplateMiner.Configuration(
        maximumTemplates: 16, cachedSignatures: 32, rememberedSignatures: 128, maximumIndexBytes: 65_536)

    @Test("a stream that is interrupted gives the same readings as one that is not", arguments: 0..<6, [false, true])
    func restoreMidStream(seed: UInt64, isTight: Bool) throws {
        let configuration = LogStream.Configuration(
            miner: isTight ? Self.tight : .init(), detector: .init(warmUpLines: 100, minimumLines: 2),
            referenceTime: Timestamp(milliseconds: 1_772_359_200_000))
        var whole = try LogStream(configuration: configuration)
        var resumed = whole
        let lines = sampleLog(lines: 700, seed: seed).enumerated().map { number, line in
            "2026-03-01T10:\(10 + number / 60):\(10 + number % 50)Z INFO app: \(line)"
        }
        for (number, line) in lines.enumerated() {
            if number % 97 == 50 { resumed = try LogStream(restoring: resumed.snapshot()) }
            let bytes = Array(line.utf8)
            #expect(whole.update(bytes.span) == resumed.update(bytes.span), "line \(number)")
        }
        #expect(whole.takeAliases() == resumed.takeAliases())
        #expect(whole.miner.templates() == resumed.miner.templates())
        #expect(whole.snapshot() == resumed.snapshot())
        #expect(resumed.configuration == configuration)
        if isTight { #expect(whole.miner.evictedTemplates > 0) }
    }

    @Test("an empty miner, detector and stream come back")
    func empty() throws {
        #expect(try TemplateMiner(restoring: TemplateMiner().snapshot()).snapshot() == TemplateMiner().snapshot())
        #expect(try NewTemplateDetector(restoring: NewTemplateDetector().snapshot()) == NewTemplateDetector())
        #expect(try LogStream(restoring: LogStream().snapshot()).configuration == LogStream.Configuration())
    }

    private var snapshot: [UInt8] {
        var miner = TemplateMiner(valid: Self.tight)
        for line in sampleLog(lines: 120, seed: 1) { _ = miner.add(line) }
        return miner.snapshot()
    }

    @Test("a snapshot that is cut short, changed, or of another kind or version is refused")
    func damaged() throws {
        let snapshot = snapshot
        #expect(throws: LogSnapshotError.self) { try TemplateMiner(restoring: []) }
        for length in stride(from: 0, to: snapshot.count, by: 101) {
            #expect(throws: LogSnapshotError.self) { try TemplateMiner(restoring: Array(snapshot.prefix(length))) }
        }
        for position in stride(from: 0, to: snapshot.count, by: 37) {
            var changed = snapshot
            changed[position] ^= 0x41
            #expect(throws: LogSnapshotError.self) { try TemplateMiner(restoring: changed) }
        }
        let wrongKind = #expect(throws: LogSnapshotError.self) { try LogStream(restoring: snapshot) }
        #expect(wrongKind?.description == "log snapshot, byte 5: a snapshot of kind 1; expected 3")
        var future = snapshot
        future[4] = 9
        let wrongVersion = #expect(throws: LogSnapshotError.self) { try TemplateMiner(restoring: future) }
        #expect(wrongVersion?.reason == "format version 9; this program reads 3")
    }

    @Test("wrong state under a right hash is an error or a miner that works, never a trap", arguments: 0..<8)
    func forged(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        let snapshot = snapshot
        var restored = 0
        for _ in 0..<60 {
            var state = Array(snapshot[6..<snapshot.count - 8])
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                state[Int.random(in: 0..<state.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            }
            let forged = Self.sealed(state)
            guard var miner = try? TemplateMiner(restoring: forged) else { continue }
            restored += 1
            for line in sampleLog(lines: 60, seed: seed) { _ = miner.addText(line) }
            _ = miner.templates()
        }
        #expect(restored < 60)
    }

    /// A frame with a right hash around any state.
    private static func sealed(_ state: [UInt8]) -> [UInt8] {
        let empty = SnapshotEnvelope.seal(.miner) { _ in }
        let bytes = Array(empty.prefix(6)) + state
        var hash = StableHash()
        hash.combine(bytes)
        var tail = StateWriter()
        tail.write(fixed: hash.value)
        return bytes + tail.bytes
    }

    @Test("numbers of every size come back", arguments: [0, 1, -1, 63, 64, 127, 128, .max, .min] as [Int64])
    func numbers(number: Int64) throws {
        var writer = StateWriter()
        writer.write(number)
        writer.write(UInt64(bitPattern: number))
        writer.write(fixed: UInt64(bitPattern: number))
        var reader = StateReader(writer.bytes, in: writer.bytes.indices)
        #expect(try reader.signed() == number)
        #expect(try reader.unsigned() == UInt64(bitPattern: number))
        #expect(try reader.fixed() == UInt64(bitPattern: number))
        #expect(reader.isAtEnd)
    }
}
