/// In how many minutes since a change there was something of a service to look at.
struct WatchHearing: Hashable, Sendable, Codable {
    /// How many minutes were looked at.
    private(set) var minutes = 0
    /// In how many of them there was something.
    private(set) var heard = 0
    /// For how many minutes in a row there has been nothing.
    private(set) var silent = 0

    /// Takes the next minute.
    mutating func take(isHeard: Bool) {
        minutes += 1
        if isHeard { heard += 1 }
        silent = isHeard ? 0 : silent + 1
    }
}
