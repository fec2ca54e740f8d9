/// Finds the forms of secrets in bytes, with a few look-ups for each byte whatever the number of forms.
struct FormIndex: Hashable, Sendable {
    /// Sixteen bytes in a row.
    private struct Window: Hashable {
        let high: UInt64
        let low: UInt64

        init(_ bytes: [UInt8], at position: Int) {
            func word(_ start: Int) -> UInt64 {
                var word: UInt64 = 0
                for offset in 0..<8 { word = word << 8 | UInt64(bytes[start + offset]) }
                return word
            }
            (high, low) = (word(position), word(position + 8))
        }
    }

    /// Bytes by which short forms are looked up; no form is shorter.
    private static let keyBytes = SecretMask.shortest

    /// One bit for each pair of bytes with which something that is looked for begins.
    private var pairs: [UInt64] = []
    /// The forms of at most ``SecretMask/window`` bytes by their first four, longest first.
    private var short: [UInt32: [[UInt8]]] = [:]
    /// All that longer forms can be known by.
    private var windows: Set<Window> = []
    /// The first bytes of every form, in every number up to ``SecretMask/window``.
    private(set) var beginnings: Set<[UInt8]> = []
    /// The last bytes of every form likewise, from the last one backwards.
    private(set) var reversedEnds: Set<[UInt8]> = []

    var isEmpty: Bool { pairs.isEmpty }

    /// Takes the forms in; those that are too short are left out. Memory: about 32 bytes for each byte of a long form.
    init(_ forms: Set<[UInt8]>) {
        let forms = forms.filter { $0.count >= Self.keyBytes }
        guard !forms.isEmpty else { return }
        pairs = [UInt64](repeating: 0, count: (1 << 16) / 64)
        for form in forms {
            for count in 1...min(form.count, SecretMask.window) {
                beginnings.insert(Array(form.prefix(count)))
                reversedEnds.insert(form.suffix(count).reversed())
            }
            if form.count <= SecretMask.window {
                note(form, 0)
                short[Self.key(form, 0), default: []].append(form)
            } else {
                for position in 0...(form.count - SecretMask.window) {
                    note(form, position)
                    windows.insert(Window(form, at: position))
                }
            }
        }
        for key in short.keys { short[key]?.sort { $0.count > $1.count } }
    }

    /// The number of bytes at `position` that belong to a form; 0 for none.
    func match(in bytes: [UInt8], at position: Int) -> Int {
        let left = bytes.count - position
        guard left >= Self.keyBytes, !isEmpty else { return 0 }
        let pair = Self.pair(bytes, position)
        guard pairs[pair / 64] & (1 << UInt64(pair % 64)) != 0 else { return 0 }
        if left >= SecretMask.window, windows.contains(Window(bytes, at: position)) { return SecretMask.window }
        let candidates = short[Self.key(bytes, position)] ?? []
        return candidates.first { $0.count <= left && bytes[position..<(position + $0.count)].elementsEqual($0) }?
            .count ?? 0
    }

    private mutating func note(_ bytes: [UInt8], _ position: Int) {
        let pair = Self.pair(bytes, position)
        pairs[pair / 64] |= 1 << UInt64(pair % 64)
    }

    private static func pair(_ bytes: [UInt8], _ position: Int) -> Int {
        Int(bytes[position]) << 8 | Int(bytes[position + 1])
    }

    private static func key(_ bytes: [UInt8], _ position: Int) -> UInt32 {
        bytes[position..<(position + keyBytes)].reduce(0) { $0 << 8 | UInt32($1) }
    }
}
