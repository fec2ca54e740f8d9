package import AuspexSignals

extension FleetBook {
    /// How one instance of a service, by its canonical name, is at `now`; nil when it is not known or forgotten.
    package func standing(of instance: String, in service: String, at now: Timestamp) -> FleetStanding? {
        services[service]?.instances[instance]?.standing(at: now)
    }

    /// The instances of a service, by its canonical name, that are not known to be well at `now`, each with the time of the
    /// newest report that says so, or of its newest of all where it is only that nothing is heard. In order of their names.
    package func unwell(in service: String, at now: Timestamp) -> [(instance: String, saidAt: Timestamp)] {
        (services[service]?.instances ?? [:]).compactMap { name, instance in
            guard let standing = instance.standing(at: now), standing != .healthy else { return nil }
            return instance.newestTrouble(at: now).map { (name, $0) }
        }.sorted { $0.0 < $1.0 }
    }
}
