import AuspexTesting
import Testing

@testable import AuspexLogs

@Suite struct RecencyTableTests {
    @Test("it does what a sorted list does", arguments: 0..<8)
    func naiveTwin(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let capacity = 1 + Int(seed) * 3
        var table = RecencyTable<Int, Int>(capacity: capacity)
        // The entry that was not touched for longest stands first.
        var list: [(key: Int, value: Int)] = []
        var evicted: UInt64 = 0
        for step in 0..<2_000 {
            let key = Int(random.next() % 40)
            if random.next() % 4 == 0 {
                let index = list.firstIndex { $0.key == key }
                #expect(table.remove(key) == index.map { list.remove(at: $0).value })
            } else {
                let index = list.firstIndex { $0.key == key }
                let old = index.map { list.remove(at: $0).value } ?? 0
                if list.count == capacity {
                    list.removeFirst()
                    evicted += 1
                }
                list.append((key, old + step))
                _ = table.touch(key, default: 0) { $0 += step }
            }
            #expect(table.count == list.count && table.evicted == evicted)
            #expect(table.entries.elementsEqual(list) { $0 == $1 })
            #expect(table.eldest?.key == list.first?.key)
            #expect(table[key] == list.last { $0.key == key }?.value)
        }
    }
}
