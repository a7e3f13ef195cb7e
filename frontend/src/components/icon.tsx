/** The icons of the house, cut like everything else: one thin stroke, no curves where a chamfer will do. */
import type { ComponentType, ReactNode } from 'react';

interface IconProps {
  /** 16 px instead of 20. */
  small?: boolean;
  className?: string;
}

export type Icon = ComponentType<IconProps>;

function draw(shape: ReactNode): Icon {
  // biome-ignore lint/correctness/noComponentHookFactories: called once per icon, when this module loads
  return function DrawnIcon({ small = false, className = '' }) {
    return (
      <svg className={`i ${small ? 'i-s' : ''} ${className}`} viewBox="0 0 24 24" aria-hidden="true">
        {shape}
      </svg>
    );
  };
}

export const AlertIcon = draw(<path d="M8 3.5h8l4.5 4.5v8L16 20.5H8L3.5 16V8zM12 7.5v5.5M12 16.5v.1" />);
export const ArchiveIcon = draw(<path d="M4 4h16v4H4zM5.5 8v10l2 2h9l2-2V8M10 12h4" />);
export const AtIcon = draw(<path d="M15 9v5l2 1.5 3-2V8l-4-4H8L4 8v8l4 4h8M9.5 9h3.5l2 0v4l-2 2h-2L9 13v-3z" />);
export const BackIcon = draw(<path d="M14 5l-7 7 7 7" />);
export const BellIcon = draw(<path d="M5 17h14l-2-3V9l-3-4h-4L7 9v5zM10 20h4" />);
export const BlockIcon = draw(<path d="M8 3.5h8l4.5 4.5v8L16 20.5H8L3.5 16V8zM6 6l12 12" />);
export const ChatIcon = draw(<path d="M7 4h14v10l-4 4h-6l-5 3v-4l-3-3V8z" />);
export const CheckIcon = draw(<path d="M4 12.5l5 5L20 6.5" />);
export const ChecksIcon = draw(<path d="M2 12.5l5 5L17 7M11.5 16.5l1 1L22.5 7" />);
export const ClockIcon = draw(<path d="M8 3.5h8l4.5 4.5v8L16 20.5H8L3.5 16V8zM12 7.5V12l3 3" />);
export const CloseIcon = draw(<path d="M6 6l12 12M18 6L6 18" />);
export const CommentIcon = draw(<path d="M7 4h13v9l-4 4h-5l-5 4v-4H4V7z" />);
export const DeviceIcon = draw(<path d="M6 4h14v11l-2 2H4V6zM2 20.5h20" />);
export const ExitIcon = draw(<path d="M13 4H6L4 6v12l2 2h7M10 12h11M17 8l4 4-4 4" />);
export const EyeIcon = draw(
  <path d="M2.5 12L7 7.5 12 6l5 1.5 4.5 4.5L17 16.5 12 18l-5-1.5zM11 9.5h2l1.5 1.5v2L13 14.5h-2L9.5 13v-2z" />,
);
export const GearIcon = draw(<path d="M12 3l8 4.5v9L12 21l-8-4.5v-9zM12 9l3 1.5v3L12 15l-3-1.5v-3z" />);
export const HeartIcon = draw(<path d="M12 20l-8-8V8l3-3h2l3 3 3-3h2l3 3v4z" />);
export const HomeIcon = draw(<path d="M4 20V10l8-6 8 6v10h-6v-6h-4v6z" />);
export const KeyboardIcon = draw(<path d="M5 6h17v10l-2 2H2V9zM6.5 10h.1M10 10h.1M13.5 10h.1M17 10h.1M8 14h8" />);
export const LinkIcon = draw(<path d="M10 14l4-4M9 8l3-3h4l3 3v4l-3 3M15 16l-3 3H8l-3-3v-4l3-3" />);
export const MediaIcon = draw(<path d="M7 4h14v13l-3 3H3V8zM3.5 17l5-5 4 4 3-3 5 4M16 8.5h.1" />);
export const MilestoneIcon = draw(<path d="M5 21V4h14l-4 5 4 5H5" />);
export const MoonIcon = draw(<path d="M10 3.5A8.5 8.5 0 1 0 20.5 14 7 7 0 0 1 10 3.5z" />);
export const MoreIcon = draw(<path strokeWidth="2.6" d="M5 12h.1M12 12h.1M19 12h.1" />);
export const MuteIcon = draw(<path d="M5 17h14l-2-3V9l-3-4h-4L7 9v5zM10 20h4M3 3l18 18" />);
export const OfflineIcon = draw(
  <path d="M3 3l18 18M4 10l3-2.200M20 10l-4-3-3-1M8 14l2-1.300M16 14l-2-1.300M12 19h.1" />,
);
export const OnlineIcon = draw(<path d="M3 10l4-3 5-1 5 1 4 3M7 14l3-2h4l3 2M12 18.5h.1" />);
export const PeopleIcon = draw(
  <path d="M5.5 7l3.5-3 3.5 3v3L9 13l-3.5-3zM2.5 20v-1.5L5.5 16h7l3 2.5V20M15.5 4.5L18.5 7v3l-3 2.5M18 16l3.5 2.5V20" />,
);
export const PlusIcon = draw(<path d="M12 5v14M5 12h14" />);
export const PresentIcon = draw(
  <>
    <path d="M7.5 7l4-3.5 4 3.5v3l-4 3-4-3zM4 20.5V18l4-2.5h4.5" />
    <path strokeWidth="5.5" strokeLinecap="round" d="M18 18.5h.01" />
  </>,
);
export const ReadIcon = draw(<path d="M7 2.5h14.5V17L17 21.5H2.5V7zM6 12.5l3 3 7-7M12.5 15l.5.5 6-6" />);
export const SearchIcon = draw(<path d="M8 4h6l4 4v6l-4 4H8l-4-4V8zM16.5 16.5L21 21" />);
export const SendIcon = draw(<path d="M4 5l16 7-16 7 3-7zM7 12h6" />);
export const ShareIcon = draw(<path d="M4 12v8h13l3-3v-5M12 15V4M8 7.5L12 3.5l4 4" />);
export const SunIcon = draw(
  <path d="M10 7h4l3 3v4l-3 3h-4l-3-3v-4zM12 1.5v2M12 20.5v2M1.5 12h2M20.5 12h2M4.5 4.5l1.200 1.200M18.300 18.300l1.200 1.200M4.5 19.5l1.200-1.200M18.300 5.700l1.200-1.200" />,
);
export const ThoughtIcon = draw(<path d="M8 3h12v9l-4 4h-5l-4 3v-3H4V7zM6 21.5h.1M9 8h7M9 11.5h4" />);
export const TrashIcon = draw(<path d="M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13M10 11v5M14 11v5" />);
export const UndoIcon = draw(<path d="M8 5L4 9l4 4M4 9h11l4 4v3l-3 3h-6" />);
export const UpIcon = draw(<path d="M12 20V5M6 11l6-6 6 6" />);
