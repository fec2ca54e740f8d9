package import AuspexSignals

extension FleetBook {
    /// How one instance of a service, by its canonical name, is at `now`; nil when it is not known or forgotten.
    package func standing(of instance: String, in service: String, at now: Timestamp) -> FleetStanding? {
        services[service]?.instances[instance]?.standing(at: now)
    }
}
