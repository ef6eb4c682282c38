export { type BookingDeskDeps, createBookingDesk } from './bookings.desk.ts';
export { bookingRoutes } from './bookings.routes.ts';
export { type Bookings, type BookingsDeps, createBookings } from './bookings.service.ts';
export { bookingSubscribers } from './bookings.subscribers.ts';
