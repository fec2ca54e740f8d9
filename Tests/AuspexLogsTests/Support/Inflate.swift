/// Unpacks gzip (RFC 1951 and 1952), plainly, for the public data sets. Checksums are not verified.
struct Inflate {
    enum Failure: Error { case damaged }

    private let bytes: [UInt8]
    private var position: Int
    private var bits: UInt32 = 0
    private var bitCount = 0
    private var output: [UInt8] = []

    static func gunzip(_ bytes: [UInt8]) throws -> [UInt8] {
        guard bytes.count > 18, bytes[0] == 0x1f, bytes[1] == 0x8b else { throw Failure.damaged }
        var start = 10
        if bytes[3] & 4 != 0 { start += 2 + Int(bytes[10]) + Int(bytes[11]) << 8 }
        for flag in [UInt8(8), 16] where bytes[3] & flag != 0 {
            while start < bytes.count, bytes[start] != 0 { start += 1 }
            start += 1
        }
        if bytes[3] & 2 != 0 { start += 2 }
        var inflate = Inflate(bytes: bytes, position: start)
        try inflate.run()
        return inflate.output
    }

    private init(bytes: [UInt8], position: Int) {
        self.bytes = bytes
        self.position = position
    }

    private mutating func take(_ count: Int) throws -> Int {
        while bitCount < count {
            guard position < bytes.count else { throw Failure.damaged }
            bits |= UInt32(bytes[position]) << UInt32(bitCount)
            position += 1
            bitCount += 8
        }
        defer {
            bits >>= UInt32(count)
            bitCount -= count
        }
        return Int(bits & (1 << UInt32(count) - 1))
    }

    /// Symbols by length and value of their codes, as in the RFC's canonical form.
    private struct Codes {
        var counts = [Int](repeating: 0, count: 16)
        var symbols: [Int] = []

        init(_ lengths: some Collection<Int>) {
            for length in lengths where length > 0 { counts[length] += 1 }
            for length in 1...15 {
                for (symbol, own) in lengths.enumerated() where own == length { symbols.append(symbol) }
            }
        }
    }

    private mutating func symbol(_ codes: Codes) throws -> Int {
        var (code, first, index) = (0, 0, 0)
        for length in 1...15 {
            code |= try take(1)
            let count = codes.counts[length]
            if code - first < count { return codes.symbols[index + code - first] }
            index += count
            first = (first + count) << 1
            code <<= 1
        }
        throw Failure.damaged
    }

    private mutating func run() throws {
        var isLast = false
        while !isLast {
            isLast = try take(1) == 1
            switch try take(2) {
            case 0: try stored()
            case 1:
                let lengths = (0..<288).map { $0 < 144 ? 8 : $0 < 256 ? 9 : $0 < 280 ? 7 : 8 }
                try block(Codes(lengths), Codes([Int](repeating: 5, count: 30)))
            case 2: try dynamic()
            default: throw Failure.damaged
            }
        }
    }

    private mutating func stored() throws {
        bits = 0
        bitCount = 0
        guard position + 4 <= bytes.count else { throw Failure.damaged }
        let length = Int(bytes[position]) | Int(bytes[position + 1]) << 8
        guard position + 4 + length <= bytes.count else { throw Failure.damaged }
        output += bytes[position + 4..<position + 4 + length]
        position += 4 + length
    }

    private mutating func dynamic() throws {
        let literalCount = try take(5) + 257
        let distanceCount = try take(5) + 1
        let lengthCount = try take(4) + 4
        let order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
        var codeLengths = [Int](repeating: 0, count: 19)
        for index in 0..<lengthCount { codeLengths[order[index]] = try take(3) }
        let codes = Codes(codeLengths)
        var lengths: [Int] = []
        while lengths.count < literalCount + distanceCount {
            switch try symbol(codes) {
            case 16: lengths += [Int](repeating: lengths.last ?? 0, count: try take(2) + 3)
            case 17: lengths += [Int](repeating: 0, count: try take(3) + 3)
            case 18: lengths += [Int](repeating: 0, count: try take(7) + 11)
            case let length: lengths.append(length)
            }
        }
        try block(Codes(lengths[..<literalCount]), Codes(Array(lengths[literalCount...])))
    }

    private mutating func block(_ literals: Codes, _ distances: Codes) throws {
        let lengthBase = [
            3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195,
            227,
            258,
        ]
        let distanceBase = [
            1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1_025, 1_537, 2_049, 3_073,
            4_097, 6_145, 8_193, 12_289, 16_385, 24_577,
        ]
        while true {
            let symbol = try symbol(literals)
            if symbol == 256 { return }
            if symbol < 256 {
                output.append(UInt8(symbol))
                continue
            }
            guard symbol < 286 else { throw Failure.damaged }
            let code = symbol - 257
            let length = lengthBase[code] + (try take(code < 8 || code == 28 ? 0 : (code - 4) / 4))
            let distanceCode = try self.symbol(distances)
            guard distanceCode < 30 else { throw Failure.damaged }
            let distance = distanceBase[distanceCode] + (try take(distanceCode < 4 ? 0 : (distanceCode - 2) / 2))
            guard distance <= output.count else { throw Failure.damaged }
            for _ in 0..<length { output.append(output[output.count - distance]) }
        }
    }
}
