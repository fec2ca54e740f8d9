import AuspexTesting

extension SplitMix64 {
    mutating func bytes(_ count: Int, from alphabet: [UInt8]) -> [UInt8] {
        (0..<count).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &self)] }
    }

    mutating func word(_ length: ClosedRange<Int>) -> String {
        let count = Int.random(in: length, using: &self)
        return String(decoding: bytes(count, from: Array("abcdefghijklmnopqrstuvwxyz".utf8)), as: UTF8.self)
    }

    mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[Int.random(in: 0..<elements.count, using: &self)]
    }
}
/// A log of a made-up program: a fixed set of messages with varying values, in random order.
func sampleLog(lines: Int, seed: UInt64) -> [String] {
    var generator = SplitMix64(seed: seed)
    return (0..<lines).map { _ in
        let number = Int.random(in: 0..<100_000, using: &generator)
        let name = generator.pick(["alice", "bob", "carol", "dave", "erin", "frank", "grace"])
        switch Int.random(in: 0..<9, using: &generator) {
        case 0: return "user \(name) logged in from 10.0.\(number % 256).\(number % 99)"
        case 1: return "cache hit ratio 0.\(number) size \(number) \(generator.pick(["KB", "MB", "GB"]))"
        case 2: return "state changed from \(generator.pick(["IDLE", "BUSY", "DOWN"])) to RUNNING"
        case 3: return "job blk_\(number) finished status=\(generator.pick(["OK", "FAILED"])) elapsed=\(number)ms"
        case 4: return "plugin \(generator.word(3...9)) failed to start"
        case 5: return "auth failure; logname= uid=0 tty=ssh rhost=\(number.isMultiple(of: 2) ? "" : "10.1.2.3")"
        case 6: return "at 12:\(10 + number % 50):\(10 + number % 49) worker eth\(number % 10) is \(name)"
        case 7: return "{\"level\":\"info\",\"msg\":\"\(name)\",\"port\":\(number)}"
        default: return "free text \(generator.word(2...8)) \(generator.word(2...8)) \(generator.word(2...8)) end"
        }
    }
}
