import AuspexTesting
import Testing

@testable import AuspexEvaluation

@Suite("Memory that is shared") struct MemoryLedgerTests {
    @Test("bytes are set aside while they are there, and come back")
    func reserve() {
        var ledger = MemoryLedger(allowed: 100)
        let answers = [(60, 0), (41, 1), (40, 1)].map { ledger.reserve($0, for: $1) }
        #expect(answers == [true, false, true] && ledger.total == 100)
        ledger.keep(10, of: 0)
        ledger.keep(99, of: 1)
        #expect(ledger.total == 50, "nobody gets more by keeping")
        ledger.release(1)
        #expect(ledger.total == 10)
        let isThere = ledger.reserve(90, for: 2)
        #expect(isThere)
    }

    @Test("whoever is alone goes on, and the largest numbers do not overflow")
    func alone() {
        var ledger = MemoryLedger(allowed: 100)
        var answers = [ledger.reserve(.max, for: 0), ledger.reserve(1, for: 1)]
        #expect(ledger.total == .max)
        ledger.release(0)
        answers.append(ledger.reserve(1, for: 1))
        #expect(answers == [true, false, true])
    }

    @Test("whatever the order of calls, more is never held than allowed, but by one alone")
    func random() {
        for seed in 0..<200 {
            var generator = SplitMix64(seed: UInt64(seed))
            var ledger = MemoryLedger(allowed: 1_000)
            var held: [Int: Int] = [:]
            for number in 0..<100 {
                let bytes = 1 + Int(generator.next() % 1_500)
                let isRoom = held.isEmpty || held.values.reduce(bytes, +) <= 1_000
                let isReserved = ledger.reserve(bytes, for: number)
                #expect(isReserved == isRoom)
                if isRoom { held[number] = bytes }
                if generator.next() % 3 == 0, let one = held.keys.sorted().first {
                    ledger.release(one)
                    held[one] = nil
                }
                #expect(ledger.total == held.values.reduce(0, +))
            }
        }
    }
}
