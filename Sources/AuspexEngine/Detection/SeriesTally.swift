/// What series come to.
package struct SeriesTally: Hashable, Sendable {
    /// How many there are.
    package private(set) var series = 0
    /// The bytes that they are charged.
    package private(set) var bytes = 0
    /// How many of them are watched in the light form because memory was short.
    package private(set) var light = 0
    /// The bytes that those are charged.
    package private(set) var lightBytes = 0

    mutating func add(_ watched: WatchedSeries) { count(watched, 1) }

    mutating func remove(_ watched: WatchedSeries) { count(watched, -1) }

    mutating func add(_ other: SeriesTally) {
        series += other.series
        bytes += other.bytes
        light += other.light
        lightBytes += other.lightBytes
    }

    private mutating func count(_ watched: WatchedSeries, _ sign: Int) {
        series += sign
        bytes += sign * watched.bytes
        guard watched.isLight else { return }
        light += sign
        lightBytes += sign * watched.bytes
    }
}
